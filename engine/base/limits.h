// Every cap of the program. Each may be set from the compiler's command line; one CI build sets
// INFRA_SHRUNKEN_LIMITS so that small tests reach them.
#ifndef INFRA_BASE_LIMITS_H
#define INFRA_BASE_LIMITS_H

#ifdef INFRA_SHRUNKEN_LIMITS
#define LIMIT_PICK(normal, shrunken) (shrunken)
#else
#define LIMIT_PICK(normal, shrunken) (normal)
#endif

// Bytes of one source file.
#ifndef LIMIT_SOURCE_BYTES
#define LIMIT_SOURCE_BYTES LIMIT_PICK(64u << 20, 4u << 20)
#endif
// Nesting of blocks, brackets and templates in one source file.
#ifndef LIMIT_SYNTAX_DEPTH
#define LIMIT_SYNTAX_DEPTH LIMIT_PICK(256, 64)
#endif
// Height of an expression's tree: what nesting, long chains of operators and of steps add up to.
#ifndef LIMIT_EXPR_HEIGHT
#define LIMIT_EXPR_HEIGHT LIMIT_PICK(2048, 256)
#endif
// Nesting of a value, a type or a JSON document.
#ifndef LIMIT_VALUE_DEPTH
#define LIMIT_VALUE_DEPTH LIMIT_PICK(512, 64)
#endif
// Decimal exponent of a number, either way; the text of a number is about as long.
#ifndef LIMIT_NUMBER_EXPONENT
#define LIMIT_NUMBER_EXPONENT LIMIT_PICK(100000, 1000)
#endif
// Diagnostics kept in one list; further ones are counted.
#ifndef LIMIT_DIAGS
#define LIMIT_DIAGS LIMIT_PICK(1000, 50)
#endif
// First chunk of an arena, bytes.
#ifndef LIMIT_ARENA_CHUNK
#define LIMIT_ARENA_CHUNK LIMIT_PICK(64u << 10, 256)
#endif
// Depth of module calls.
#ifndef LIMIT_MODULE_DEPTH
#define LIMIT_MODULE_DEPTH LIMIT_PICK(64, 16)
#endif
// Modules of a configuration, each counted as often as it is called.
#ifndef LIMIT_MODULES
#define LIMIT_MODULES LIMIT_PICK(1u << 20, 1000u)
#endif
// templatefile within templatefile.
#ifndef LIMIT_TEMPLATE_RECURSION
#define LIMIT_TEMPLATE_RECURSION LIMIT_PICK(1024, 32)
#endif
// Elements that one function call may make (range, setproduct, cidrsubnets).
#ifndef LIMIT_ELEMENTS
#define LIMIT_ELEMENTS LIMIT_PICK(4u << 20, 100000u)
#endif
// Bytes of one HTTP body that is held in memory.
#ifndef LIMIT_HTTP_BODY
#define LIMIT_HTTP_BODY LIMIT_PICK(1u << 30, 16u << 20)
#endif
// Bytes of a state file.
#ifndef LIMIT_STATE_BYTES
#define LIMIT_STATE_BYTES LIMIT_PICK(2u << 30, 64u << 20)
#endif

#endif
