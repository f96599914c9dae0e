// cmocka with what it needs included first.
#ifndef TESTS_HARNESS_CMOCKA_H
#define TESTS_HARNESS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
