// What kind of file it is, found from its outermost members. Only for the sources of this folder.
#ifndef INFRA_STATE_CODEC_HEAD_H
#define INFRA_STATE_CODEC_HEAD_H

#include "state/codec.h"

typedef enum CodecForm { FORM_STATE, FORM_NOT_JSON, FORM_NO_VERSION, FORM_BAD_HEAD, FORM_ENCRYPTED } CodecForm;

// whole: look at everything, else stop as soon as the version is known (it comes first in most states).
CodecForm codec_form(Arena *arena, Str bytes, bool whole, CodecHead *head);

#endif
