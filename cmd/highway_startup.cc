// Highway's library measures the processor's timer while it is loaded, as its
// own benchmarks need that: 3.5 ms, more than all the rest of a start. Nothing
// here asks for the outcome. A program's own definition of a symbol comes
// before a shared library's (ld.so(8)), so this one stands in for it.

#include "hwy/nanobenchmark.h"

namespace hwy {
namespace platform {

uint64_t TimerResolution() { return 1; }

}  // namespace platform
}  // namespace hwy
