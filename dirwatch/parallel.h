// Work that can be cut into pieces, on several threads.

#ifndef DIRWATCHER_DIRWATCH_PARALLEL_H_
#define DIRWATCHER_DIRWATCH_PARALLEL_H_

#include <cstddef>

#include "absl/functional/function_ref.h"

namespace dirwatcher {

// Calls `work` for ranges [begin, end) of `piece` indices that make up [0, n),
// each index once, on up to `threads` threads, of which the caller's is one;
// returns when all are done. `thread` is below `threads`, and no two threads
// have the same. With one thread, too few indices for more, or no thread to be
// had, it is one call after the other in the caller's. `work` must not throw.
// REQUIRES: threads and piece are at least 1.
void ParallelFor(
    size_t threads, size_t n, size_t piece,
    absl::FunctionRef<void(size_t thread, size_t begin, size_t end)> work);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_PARALLEL_H_
