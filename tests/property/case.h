// Random cases: configurations that change from round to round, what happens outside between them, and failures.
#ifndef INFRA_PROPERTY_CASE_H
#define INFRA_PROPERTY_CASE_H

#include "engine/base/str.h"

enum { CASE_RESOURCES = 6, CASE_ROUNDS = 4, CASE_DRIFTS = 3 };

typedef enum CaseType { CASE_DATA, CASE_MOCK } CaseType; // terraform_data, tfcoremock_r
typedef enum CaseRepeat { CASE_SINGLE, CASE_COUNT, CASE_EACH } CaseRepeat;

typedef struct CaseResource {
    bool on;
    uint8_t type, repeat;
    uint8_t n;          // count, or a mask of the keys a, b, c
    uint8_t text;       // an argument that can be changed in place
    uint8_t name;       // an argument whose change replaces the object
    uint8_t refs;       // mask of resources with a smaller number whose ids the text mentions
    uint8_t depends;    // likewise, by depends_on
    uint8_t triggers;   // likewise, by replace_triggered_by
    bool before;        // create_before_destroy
    bool keep;          // lifecycle.destroy = false
    bool ignore;        // ignore_changes of the text
} CaseResource;

typedef enum CaseFail { CASE_WORKS, CASE_FAILS_BEFORE, CASE_FAILS_AFTER, CASE_LOST_BEFORE, CASE_LOST } CaseFail;

typedef struct CaseRound {
    CaseResource resources[CASE_RESOURCES];
    struct CaseDrift {
        uint8_t kind;   // 0: none, 1: the text is changed, 2: the object is gone
        uint8_t pick;   // which object
    } drifts[CASE_DRIFTS];
    uint8_t fail, verb, nth; // CaseFail of the nth create, update or delete
    bool destroy;            // destroys everything
    bool refresh_only;
} CaseRound;

typedef struct Case {
    CaseRound rounds[CASE_ROUNDS];
    uint32_t round_count;
} Case;

Case case_random(uint64_t seed);
// The configuration of a round in the language.
void case_configuration(const CaseRound *round, Buf *out);
// The switches of tfcoremock, as JSON.
void case_switches(const CaseRound *round, const char *log, Buf *out);
void case_print(const Case *c, Buf *out);
// Makes the case the smallest that this finds and that still fails.
void case_shrink(Case *c, bool (*fails)(const Case *c, void *ctx), void *ctx);

#endif
