// Journal records as bytes. Only for the journal's sources.
#ifndef INFRA_STATE_JOURNAL_CODE_H
#define INFRA_STATE_JOURNAL_CODE_H

#include "state/journal.h"

#define JOURNAL_MAGIC "INFRAJ1\n"
#define JOURNAL_FRAME 9u // length, checksum, kind

void journal_encode_head(const JournalHead *head, Buf *out);
void journal_encode(const JournalRecord *record, Buf *out);
// Payloads. False when they are not what the kind says.
bool journal_decode_head(Arena *arena, Str payload, JournalHead *out);
bool journal_decode(Arena *arena, JournalKind kind, Str payload, JournalRecord *out);

// One step through the file's bytes.
typedef enum FrameKind { FRAME_GOOD, FRAME_END, FRAME_TORN, FRAME_DAMAGED } FrameKind;
FrameKind journal_frame(Str file, size_t *at, uint8_t *kind, Str *payload);

#endif
