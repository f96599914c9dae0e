// Objects of a state as values, without configuring or asking their providers.
#ifndef INFRA_REPORT_STATE_VALUE_H
#define INFRA_REPORT_STATE_VALUE_H

#include "engine/report/subject.h"

typedef struct StateReader {
    const Walk *walk;
    Arena *arena; // of the values, reset by whoever reads
    Diags diags;  // about plugins that cannot be opened: then there is no schema
    Str provider; // of the plugin
    Plugin *plugin;
} StateReader;

StateReader state_reader(const Walk *walk, Arena *arena);
// The object with marks. Without a schema (no plugin, or an object of another schema version) it is what the state's
// text says, and subject->schema is NULL.
Value state_value(StateReader *reader, const StateResource *resource, const StateObject *object, Subject *subject);
// An output's value, marked when sensitive; false when the text is malformed.
bool state_output_value(Arena *arena, const StateOutput *output, Value *out);

#endif
