// Any schedule of work, hints and signals, against a naive reckoning of when
// the ticks have to come.

#include <signal.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "daemon/loop.h"
#include "env/fake_clock.h"
#include "env/fake_waker.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

struct TickPlan {
  int work_ms;
  bool ok;
};

std::ostream& operator<<(std::ostream& os, const TickPlan& plan) {
  return os << plan.work_ms << " ms " << (plan.ok ? "ok" : "failing");
}

RC_GTEST_PROP(Loop, TicksComeWhenTheyAreDueAndNothingIsLost, ()) {
  const auto ms = [](int64_t n) { return absl::Milliseconds(n); };
  const int interval_ms = *rc::gen::inRange(1, 100);
  const int retry_ms = *rc::gen::inRange(1, 100);
  const int gap_factor = *rc::gen::inRange(0, 5);
  const int max_gap_ms = *rc::gen::inRange(0, 20);
  const auto plan_gen = rc::gen::map(
      rc::gen::pair(rc::gen::inRange(0, 250), rc::gen::arbitrary<bool>()),
      [](const std::pair<int, bool>& p) {
        return TickPlan{p.first, p.second};
      });
  std::vector<TickPlan> plans =
      *rc::gen::container<std::vector<TickPlan>>(plan_gen);
  plans.push_back(TickPlan{0, true});
  const auto hint_times =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2000));
  const auto hup_times =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2000));
  const int hint_work_ms = *rc::gen::inRange(0, 30);
  const int gap_ms = std::min(gap_factor * hint_work_ms, max_gap_ms);
  const int stop_at_ms = *rc::gen::inRange(0, 3000);

  FakeClock clock;
  FakeWaker waker(&clock);
  std::multiset<std::string> hinted;
  for (size_t i = 0; i < hint_times.size(); ++i) {
    const std::string name = absl::StrCat("f", i);
    waker.ChangeAt(ms(hint_times[i]), {name});
    if (hint_times[i] < stop_at_ms) hinted.insert(name);
  }
  size_t hups_before_stop = 0;
  for (const int at : hup_times) {
    waker.SignalAt(ms(at), SIGHUP);
    if (at < stop_at_ms) ++hups_before_stop;
  }
  waker.SignalAt(ms(stop_at_ms), SIGTERM);

  std::vector<absl::Duration> starts;
  std::vector<absl::Duration> ends;
  // Work on changes between the end of tick i and the start of the next.
  std::vector<std::pair<absl::Duration, absl::Duration>> changes;
  std::multiset<std::string> served;
  size_t hups = 0;
  bool in_callback = false;
  bool stopped = false;
  // The loop catches what RC_ASSERT throws: what is wrong is kept until the
  // end.
  std::string wrong;
  const auto expect = [&](bool good, const char* what) {
    if (!good) wrong = what;
  };
  const auto enter = [&] {
    expect(!in_callback, "a callback within a callback");
    expect(!stopped, "a callback after on_stop");
    in_callback = true;
  };

  LoopOptions options;
  options.interval = ms(interval_ms);
  options.retry_interval = ms(retry_ms);
  options.change_gap_factor = gap_factor;
  options.max_change_gap = ms(max_gap_ms);
  Loop* current = nullptr;
  LoopCallbacks callbacks;
  callbacks.tick = [&] {
    enter();
    const TickPlan& plan = plans[starts.size() % plans.size()];
    starts.push_back(clock.Uptime());
    clock.Advance(ms(plan.work_ms / 2));
    current->PumpSignals();
    clock.Advance(ms(plan.work_ms - plan.work_ms / 2));
    ends.push_back(clock.Uptime());
    in_callback = false;
    return plan.ok ? absl::OkStatus() : absl::NotFoundError("");
  };
  callbacks.on_changes = [&](const ChangeHints& hints) {
    enter();
    expect(!hints.empty(), "no hints");
    const absl::Duration start = clock.Uptime();
    // The gap may only be cut by the end.
    if (!changes.empty() && !current->stop_requested()) {
      expect(start - changes.back().second >= ms(gap_ms), "no gap");
    }
    clock.Advance(ms(hint_work_ms));
    changes.emplace_back(start, clock.Uptime());
    served.insert(hints.names.begin(), hints.names.end());
    in_callback = false;
  };
  callbacks.on_signal = [&](const ReceivedSignal& signal) {
    enter();
    if (signal.number == SIGHUP) ++hups;
    in_callback = false;
  };
  callbacks.on_error = [&](absl::string_view) {
    expect(false, "an exception");
  };
  callbacks.on_stop = [&] {
    enter();
    in_callback = false;
    stopped = true;
  };
  Loop loop(options, &clock, &waker, callbacks);
  current = &loop;
  const auto exit = loop.Run();

  RC_ASSERT(wrong == "");
  RC_ASSERT(exit.ok());
  RC_ASSERT(exit->signal_number == SIGTERM);
  RC_ASSERT(stopped);
  // A tick is due an interval after the one before it was, or as soon as that
  // is done. It starts then, or after the changes that are being served; if it
  // is due already when the tick before ends, they are served once.
  bool late = false;
  absl::Duration due = absl::ZeroDuration();
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    const bool ok = plans[i % plans.size()].ok;
    due = std::max(due + ms(ok ? interval_ms : retry_ms), ends[i]);
    int served_between = 0;
    auto last = std::make_pair(ends[i], ends[i]);
    for (const auto& change : changes) {
      if (change.first < ends[i] || change.second > starts[i + 1]) continue;
      ++served_between;
      last = change;
    }
    if (starts[i + 1] != due) {
      late = true;
      RC_ASSERT(starts[i + 1] > due);
      RC_ASSERT(starts[i + 1] == last.second);
      RC_ASSERT(last.first < due || served_between == 1);
    }
  }
  // At the latest, the stop waits for what is under way.
  if (!starts.empty()) RC_ASSERT(starts.back() <= ms(stop_at_ms));
  // What came before the stop was not lost; what came with it may be there too.
  for (const std::string& name : hinted) RC_ASSERT(served.count(name) == 1);
  RC_ASSERT(hups >= hups_before_stop);
  RC_CLASSIFY(late, "ticks waited for changes");
  RC_CLASSIFY(!hinted.empty(), "changes were served");
  RC_CLASSIFY(starts.size() > 10, "many ticks");
}

}  // namespace
}  // namespace dirwatcher
