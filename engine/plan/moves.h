// moved blocks: objects of the prior state get new addresses before anything is planned. Also the moves that nobody
// writes: an object without key becomes [0] when its block gets a count, and the other way round.
#ifndef INFRA_PLAN_MOVES_H
#define INFRA_PLAN_MOVES_H

#include "engine/plan/walk.h"

// Edits w->state; w->moved tells each moved object's former address by its new one. A move onto an object that is there
// already is not made (a warning). Called before the prior objects are looked at.
void moves_apply(Walk *w);

#endif
