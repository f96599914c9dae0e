// The apply graph: what has to happen, and what has to have happened before it.
//
// Nodes:  [0, N)        visit of a configuration node: it can be evaluated now (N = graph->n)
//         [N, 2N)       a resource block is done: all its instances are as they should be
//         [2N, 2N + S)  a state resource's objects that are to go are gone (S = resources of the prior state)
//         [.., + S)     nothing that goes needs this state resource any more
//         [.., + S)     nothing that is changed needs it any more
//         [first_op, + operations)
//         [.., n)       all users of a block that is replaced create-before-destroy have turned to its new objects
// A node that is no resource block is done when it was visited, so users of it need the visit itself.
#ifndef INFRA_APPLY_OPS_H
#define INFRA_APPLY_OPS_H

#include "engine/plan/plan.h"

typedef enum OpKind {
    OP_CHANGE,  // create or update the row's object
    OP_READ,    // read a data source
    OP_DESTROY, // the row's prior object, or what a replacement leaves of it
    OP_FORGET,  // take it out of the state
} OpKind;

typedef struct Op {
    uint32_t row;
    uint8_t kind; // OpKind
} Op;

typedef struct OpGraph {
    uint32_t n, first_op;
    const uint32_t *dep_start, *dep, *user_start, *user;
    const uint32_t *rank; // by node: longest path behind it first
    VEC(Op) ops;
} OpGraph;

// NULL after a diagnostic: the operations need each other in a circle.
OpGraph *ops_build(Arena *arena, const Plan *plan, Diags *diags);

#endif
