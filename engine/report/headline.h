// The comment above a change: what happens to which object, and why.
#ifndef INFRA_REPORT_HEADLINE_H
#define INFRA_REPORT_HEADLINE_H

#include "engine/report/draw.h"
#include "engine/report/subject.h"

// drift: it happened outside already. Whole lines.
void headline_draw(const Drawing *d, const Subject *subject, Action action, bool drift);

#endif
