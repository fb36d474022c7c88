#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "daemon/timekeeper.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// Of all sizes, to the nanosecond.
rc::Gen<absl::Duration> Durations(int64_t min_ns) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange(0, 41), rc::gen::arbitrary<uint64_t>()),
      [min_ns](const std::pair<int, uint64_t>& bits) {
        const auto ns = static_cast<int64_t>(bits.second &
                                             ((uint64_t{1} << bits.first) - 1));
        return absl::Nanoseconds(min_ns + ns);
      });
}

RC_GTEST_PROP(Timekeeper, StartsAreWholeIntervalsApartUnlessWorkIsLate, ()) {
  const absl::Duration interval = *Durations(1);
  FakeClock clock;
  Timekeeper timekeeper(&clock, interval);
  bool was_late = false;
  const auto all =
      *rc::gen::container<std::vector<absl::Duration>>(rc::gen::oneOf(
          Durations(0), rc::gen::just(interval), rc::gen::just(3 * interval)));
  int64_t missed = 0;  // starts that fell into work, told by counting them
  for (const absl::Duration work : all) {
    const absl::Duration start = clock.Uptime();
    const Timekeeper::Scope scope = timekeeper.Measure();
    // A wall clock that is set does not matter.
    clock.SetNow(absl::UnixEpoch());
    clock.Advance(work);
    const absl::Duration rest = timekeeper.End(scope);
    RC_ASSERT(rest >= absl::ZeroDuration());
    RC_ASSERT(rest <= interval);
    if (work <= interval) {
      RC_ASSERT(work + rest == interval);
    } else {
      RC_ASSERT(rest == absl::ZeroDuration());
      was_late = true;
    }
    if (work / (100 * interval) < 1) {
      for (absl::Duration next = start + 2 * interval; next <= start + work;
           next += interval) {
        ++missed;
      }
    } else {
      missed += work / interval - 1;
    }
    clock.Advance(rest);
  }
  RC_ASSERT(timekeeper.skipped_intervals() == missed);
  RC_ASSERT(timekeeper.work().count() == static_cast<int64_t>(all.size()));
  RC_CLASSIFY(was_late, "late work");
}

}  // namespace
}  // namespace dirwatcher
