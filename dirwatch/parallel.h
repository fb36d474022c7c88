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
// had, it is one call after the other in the caller's. What `work` throws
// first is thrown on to the caller when all threads have ended; then not all
// indices may have been visited.
// REQUIRES: threads and piece are at least 1.
void ParallelFor(
    size_t threads, size_t n, size_t piece,
    absl::FunctionRef<void(size_t thread, size_t begin, size_t end)> work);

// A pipeline: `work` for 0, 1, ... n-1, each once, on up to `threads` threads,
// of which the caller's is one, and `done` for each of them in this order, in
// the caller's thread, while the work for those behind it goes on. Work for `i`
// begins only when `done` was called for `i - depth`: what the one leaves for
// the other has room in `depth` places, that of `i` being `i % depth`.
//
// When `done` returns false, nothing more is begun; what was begun is waited
// for, and `done` is not called for it. `thread` is as in ParallelFor. With one
// thread it is done(i) right after work(i). What is thrown first is
// thrown on to the caller when all threads have ended.
// REQUIRES: threads and depth are at least 1.
void ParallelInOrder(size_t threads, size_t n, size_t depth,
                     absl::FunctionRef<void(size_t thread, size_t i)> work,
                     absl::FunctionRef<bool(size_t i)> done);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_PARALLEL_H_
