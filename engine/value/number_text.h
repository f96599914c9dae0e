// Number values as text, and comparing them. Only for the sources of this folder.
#ifndef INFRA_VALUE_NUMBER_TEXT_H
#define INFRA_VALUE_NUMBER_TEXT_H

#include "engine/value/value.h"

// In full: "0.1", "1000".
void number_print(Value v, Buf *out);
// With ten significant digits and an exponent where that is shorter, as Go's %.10g: "1e+20".
void number_print_short(Value v, Buf *out);
// Equal as cty has it, whatever the precisions: the same integer, or fractions of the same printed text.
bool number_same(Value a, Value b);

#endif
