// What a change or an object is about: its address and the parts of it, from a row or from a prior object.
#ifndef INFRA_REPORT_SUBJECT_H
#define INFRA_REPORT_SUBJECT_H

#include "engine/plan/plan.h"

typedef struct Subject {
    Str module; // "" for the root
    bool data;
    Str type, name;
    InstanceKey key;
    Str deposed;    // "" for the current object
    Str moved_from; // "" when it did not move
    Str provider;   // address
    const Schema *schema;
    Reason reason;
    bool imported;
    Str import_id;             // or
    Value import_identity;     // null: none
    const StateObject *object; // what the state has of it, or NULL
} Subject;

Subject subject_of_row(const Walk *walk, const Row *row);
Subject subject_of_prior(const Walk *walk, const PriorObject *prior);
// With the instance key, without the deposed one.
void subject_address(const Subject *s, Buf *out);
// The address of its provider alone, out of the state's form.
Str subject_state_provider(Str text);

#endif
