// Histories of signals, jobs and actions, compared with a naive account of what
// ought to happen.

#include <signal.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"
#include "rapidcheck/gtest.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"
#include "signals/fake_action_host.h"
#include "signals/job_queue.h"
#include "signals/signal_dispatcher.h"
#include "signals/signal_schedule.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

constexpr int kSignals[] = {SIGHUP, SIGUSR1, SIGUSR2};

// What an action does when it runs.
enum class Deed { kWork, kFail, kThrow, kSayClosed, kCloseSilently };

struct Plan {
  int signal = 0;  // index into kSignals
  Deed deed = Deed::kWork;
  int after_runs = 0;        // which come first, and only work
  std::vector<int> signals;  // that come while it runs: indices
};

// One thing that happens outside of actions.
struct Happening {
  int signal =
      -1;  // index into kSignals; -1: a job is done; -2: the end begins
};

struct History {
  Overlap overlap = Overlap::kIgnore;
  size_t capacity = 100;
  std::vector<Plan> plans;
  std::vector<Happening> happenings;
};

std::ostream& operator<<(std::ostream& os, const History& history) {
  os << (history.overlap == Overlap::kRerun ? "rerun" : "ignore")
     << ", capacity " << history.capacity;
  for (const Plan& plan : history.plans) {
    os << "\n  action of " << plan.signal << ": deed "
       << static_cast<int>(plan.deed) << " after " << plan.after_runs
       << ", signals";
    for (const int signal : plan.signals) os << " " << signal;
  }
  os << "\n ";
  for (const Happening& happening : history.happenings) {
    if (happening.signal < 0) {
      os << (happening.signal == -1 ? " job" : " end");
    } else {
      os << " " << happening.signal;
    }
  }
  return os;
}

rc::Gen<int> Signal() { return rc::gen::inRange(0, 3); }

rc::Gen<History> AnyHistory() {
  return rc::gen::exec([] {
    History history;
    if (*rc::gen::arbitrary<bool>()) history.overlap = Overlap::kRerun;
    history.capacity = *rc::gen::element<size_t>(1, 2, 100);
    const int plans = *rc::gen::inRange(1, 6);
    for (int i = 0; i < plans; ++i) {
      Plan plan;
      plan.signal = *Signal();
      plan.deed = *rc::gen::weightedElement<Deed>({{4, Deed::kWork},
                                                   {1, Deed::kFail},
                                                   {1, Deed::kThrow},
                                                   {2, Deed::kSayClosed},
                                                   {2, Deed::kCloseSilently}});
      plan.after_runs = *rc::gen::inRange(0, 3);
      plan.signals =
          *rc::gen::resize(3, rc::gen::container<std::vector<int>>(Signal()));
      history.plans.push_back(std::move(plan));
    }
    const int happenings = *rc::gen::inRange(0, 40);
    for (int i = 0; i < happenings; ++i) {
      Happening happening;
      if (*rc::gen::inRange(0, 5) > 1) happening.signal = *Signal();
      if (*rc::gen::inRange(0, 60) == 0) happening.signal = -2;
      history.happenings.push_back(happening);
    }
    return history;
  });
}

// The naive account.
class Oracle {
 public:
  explicit Oracle(const History& history)
      : history_(history), states_(history.plans.size()) {
    for (size_t i = 0; i < states_.size(); ++i) Say(absl::StrCat("+", i));
  }

  void Come(int signal) {
    if (!HasActive(signal)) return;
    if (std::count(waiting_.begin(), waiting_.end(), signal) > 0) return;
    if (signal == running_) {
      if (history_.overlap == Overlap::kRerun) again_ = true;
      return;
    }
    Enqueue(signal);
  }

  bool DoJob() {
    if (waiting_.empty()) return false;
    running_ = waiting_.front();
    waiting_.pop_front();
    again_ = false;
    for (size_t i = 0; i < states_.size() && !interrupted_; ++i) {
      if (history_.plans[i].signal == running_) RunAction(i);
    }
    const int done = std::exchange(running_, -1);
    if (again_) Enqueue(done);
    return true;
  }

  void End() {
    for (size_t i = states_.size(); i > 0; --i) {
      if (states_[i - 1].active && !states_[i - 1].closed) {
        Say(absl::StrCat("-", i - 1));
      }
    }
  }

  bool HasActive(int signal) const {
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].active && history_.plans[i].signal == signal) return true;
    }
    return false;
  }

  void Interrupt() { interrupted_ = true; }

  const std::vector<std::string>& said() const { return said_; }
  int errors() const { return errors_; }

 private:
  struct State {
    bool active = true;
    bool closed = false;
    int runs = 0;
  };

  void Say(std::string what) { said_.push_back(std::move(what)); }

  void Enqueue(int signal) {
    if (waiting_.size() < history_.capacity) waiting_.push_back(signal);
  }

  void RunAction(size_t i) {
    State& state = states_[i];
    if (!state.active) return;
    if (state.closed) {
      state.active = false;
      return;
    }
    Say(absl::StrCat(i));
    for (const int signal : history_.plans[i].signals) Come(signal);
    if (++state.runs <= history_.plans[i].after_runs) return;
    const Deed deed = history_.plans[i].deed;
    if (deed == Deed::kFail || deed == Deed::kThrow) ++errors_;
    if (deed != Deed::kSayClosed && deed != Deed::kCloseSilently) return;
    Say(absl::StrCat("-", i));
    state.closed = true;
    if (deed == Deed::kSayClosed) state.active = false;
  }

  const History& history_;
  std::vector<State> states_;
  std::deque<int> waiting_;
  int running_ = -1;
  bool again_ = false;
  bool interrupted_ = false;
  int errors_ = 0;  // that are logged
  std::vector<std::string> said_;
};

// A queue whose jobs are done when the test says so.
class ManualJobQueue : public JobQueue {
 public:
  explicit ManualJobQueue(size_t capacity) : capacity_(capacity) {}

  bool Post(Job job, Lane) override {
    if (jobs_.size() >= capacity_) return false;
    jobs_.push_back(std::move(job));
    return true;
  }

  bool DoJob() {
    if (jobs_.empty()) return false;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
    return true;
  }

 private:
  const size_t capacity_;
  std::deque<Job> jobs_;
};

// Does what a plan says.
class PlannedAction : public Action {
 public:
  // What is wrong is added to `wrong`: exceptions are the runner's.
  PlannedAction(const History* history, std::function<void(int)> dispatch,
                std::string* wrong)
      : history_(*history), dispatch_(std::move(dispatch)), wrong_(*wrong) {}

  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    host_ = host;
    if (!absl::SimpleAtoi(arguments[0], &index_)) {
      return absl::InternalError("index");
    }
    host_->Print(absl::StrCat("+", index_));
    return absl::OkStatus();
  }

  absl::Status Run(const ActionCause& cause) override {
    const Plan& plan = history_.plans[index_];
    const std::string name = SignalName(kSignals[plan.signal]);
    if (cause.environment != std::vector<std::pair<std::string, std::string>>{
                                 {"FLAGMAN_SIGNAL", name}}) {
      absl::StrAppend(&wrong_, "environment of ", index_, "\n");
    }
    host_->Print(absl::StrCat(index_));
    for (const int signal : plan.signals) dispatch_(signal);
    if (++runs_ <= plan.after_runs) return absl::OkStatus();
    switch (plan.deed) {
      case Deed::kWork:
        break;
      case Deed::kFail:
        return absl::UnknownError("failed");
      case Deed::kThrow:
        throw index_;
      case Deed::kSayClosed:
        return ActionClosed("done");
      case Deed::kCloseSilently:
        Close();
        break;
    }
    return absl::OkStatus();
  }

  void TearDown() override { host_->Print(absl::StrCat("-", index_)); }

 private:
  const History& history_;
  const std::function<void(int)> dispatch_;
  std::string& wrong_;
  ActionHost* host_ = nullptr;
  size_t index_ = 0;
  int runs_ = 0;
};

RC_GTEST_PROP(SignalDispatcher, DoesWhatANaiveAccountSays, ()) {
  const History history = *AnyHistory();
  FakeActionHost host;
  FakeLogger logger;
  ActionRegistry registry;
  SignalDispatcher* dispatcher = nullptr;
  std::string wrong;
  const auto dispatch = [&dispatcher](int signal) {
    dispatcher->Dispatch(kSignals[signal]);
  };
  ActionSpec spec;
  spec.name = "planned";
  spec.make = [&] {
    return std::make_unique<PlannedAction>(&history, dispatch, &wrong);
  };
  RC_ASSERT(registry.Add(spec).ok());
  ActionRunner runner(&registry, &host, &logger);
  std::vector<ActionRequest> requests;
  for (size_t i = 0; i < history.plans.size(); ++i) {
    requests.push_back({SignalName(kSignals[history.plans[i].signal]),
                        "planned",
                        {absl::StrCat(i)}});
  }
  RC_ASSERT(runner.SetUp(requests).ok());
  ManualJobQueue queue(history.capacity);
  int done = 0;
  SignalDispatcher real(history.overlap, &runner, &queue, &logger,
                        [&done] { ++done; });
  dispatcher = &real;
  Oracle oracle(history);

  int jobs = 0;
  for (const Happening& happening : history.happenings) {
    if (happening.signal == -2) {
      host.Interrupt();
      oracle.Interrupt();
    } else if (happening.signal < 0) {
      const bool did = queue.DoJob();
      RC_ASSERT(did == oracle.DoJob());
      jobs += did ? 1 : 0;
      RC_ASSERT(done == jobs);
    } else {
      dispatch(happening.signal);
      oracle.Come(happening.signal);
    }
    for (int signal = 0; signal < 3; ++signal) {
      RC_ASSERT(runner.HasActive(SignalName(kSignals[signal])) ==
                oracle.HasActive(signal));
    }
  }
  runner.TearDown();
  oracle.End();
  RC_ASSERT(wrong == "");
  RC_ASSERT(host.TakeLines() == oracle.said());
  int errors = 0;
  for (const auto& [level, text] : logger.TakeRecords()) {
    errors += level == LogLevel::kError ? 1 : 0;
  }
  RC_ASSERT(errors == oracle.errors());
  RC_CLASSIFY(jobs > 3, "several jobs");
  RC_CLASSIFY(jobs > 3 && history.overlap == Overlap::kRerun, "with rerun");
}

}  // namespace
}  // namespace dirwatcher
