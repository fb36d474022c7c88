// MakeSetPlan: how several literals are best looked for at once.

#ifndef DIRWATCHER_DIRWATCH_SET_PLAN_H_
#define DIRWATCHER_DIRWATCH_SET_PLAN_H_

#include <vector>

#include "dirwatch/scan_kernels.h"

namespace dirwatcher {

// Takes from each literal the window whose bytes are the rarest in common text
// (byte_frequency.h), and puts those into one bucket that together let the
// fewest other bytes pass. Takes about a millisecond for hundreds of literals,
// and time in proportion to their number for more.
//
// REQUIRES: there is a literal; none is empty or has a newline.
SetPlan MakeSetPlan(std::vector<FoldedLiteral> literals);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SET_PLAN_H_
