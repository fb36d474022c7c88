#include "daemon/loop.h"

#include <signal.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "env/fake_waker.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kSecond = absl::Seconds(1);
constexpr absl::Duration kMilli = absl::Milliseconds(1);

// A loop whose callbacks write down what they were called for and when, in
// milliseconds: "0 tick", "1000 tick", "1500 SIGTERM", "1500 stop".
class LoopTest : public ::testing::Test {
 protected:
  LoopTest() {
    callbacks_.tick = [this] {
      Note("tick");
      return on_tick_ ? on_tick_() : absl::OkStatus();
    };
    callbacks_.on_changes = [this](const ChangeHints& hints) {
      Note(absl::StrCat("changed ", absl::StrJoin(hints.names, ",")));
      if (on_changes_) on_changes_();
    };
    callbacks_.on_signal = [this](const ReceivedSignal& signal) {
      Note(SignalName(signal.number));
    };
    callbacks_.on_wake = [this] { Note("woken"); };
    callbacks_.on_stop = [this] { Note("stop"); };
    callbacks_.on_error = [this](absl::string_view what) {
      Note(absl::StrCat("error: ", what));
    };
    callbacks_.on_first_stop = [this](int number) {
      Note(absl::StrCat("first ", SignalName(number)));
    };
    callbacks_.on_second_stop = [this](int number) {
      Note(absl::StrCat("second ", SignalName(number)));
    };
  }

  void Note(const std::string& what) {
    log_.push_back(absl::StrCat(
        absl::ToInt64Milliseconds(clock_.Uptime() - start_), " ", what));
  }

  // Runs it until `end`, and leaves the notes of the end itself out.
  const std::vector<std::string>& RunUntil(absl::Duration end) {
    waker_.At(end, [this] {
      loop_->RequestStop();
      return WakeReasons();
    });
    callbacks_.on_stop = nullptr;
    EXPECT_EQ(Run(), 0);
    return log_;
  }

  // Runs it until a signal ends it, and says which.
  int Run() {
    Loop loop(options_, &clock_, &waker_, callbacks_);
    loop_ = &loop;
    const absl::StatusOr<LoopExit> exit = loop.Run();
    EXPECT_TRUE(exit.ok()) << exit.status();
    return exit->signal_number;
  }

  FakeClock clock_;
  FakeWaker waker_{&clock_};
  const absl::Duration start_ = clock_.Uptime();
  LoopOptions options_;
  LoopCallbacks callbacks_;
  std::function<absl::Status()> on_tick_;
  std::function<void()> on_changes_;
  Loop* loop_ = nullptr;  // while it runs
  std::vector<std::string> log_;
};

// --- Intervals ---

TEST_F(LoopTest, TheFirstTickComesAtOnceAndThenOneEveryInterval) {
  EXPECT_THAT(RunUntil(2500 * kMilli),
              ElementsAre("0 tick", "1000 tick", "2000 tick"));
}

TEST_F(LoopTest, AFractionOfASecondIsAnInterval) {
  options_.interval = absl::Milliseconds(2.5);
  EXPECT_THAT(RunUntil(6 * kMilli), ElementsAre("0 tick", "2 tick", "5 tick"));
}

TEST_F(LoopTest, WorkAndWaitTogetherMakeTheInterval) {
  options_.interval = 60 * kSecond;
  on_tick_ = [this] {
    clock_.Advance(6 * kSecond);
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(150 * kSecond),
              ElementsAre("0 tick", "60000 tick", "120000 tick"));
  EXPECT_THAT(waker_.waits(), ::testing::Contains(54 * kSecond));
}

TEST_F(LoopTest, ALateTickIsFollowedAtOnceAndMissedOnesAreSkipped) {
  on_tick_ = [this] {
    if (log_.size() == 1) clock_.Advance(3500 * kMilli);
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(5000 * kMilli),
              ElementsAre("0 tick", "3500 tick", "4500 tick"));
}

TEST_F(LoopTest, ASetWallClockMovesNoTick) {
  on_tick_ = [this] {
    clock_.SetNow(absl::UnixEpoch());
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(1500 * kMilli), ElementsAre("0 tick", "1000 tick"));
}

TEST_F(LoopTest, AfterAFailedTickTheRetryIntervalHolds) {
  options_.interval = 10 * kSecond;
  options_.retry_interval = 2 * kSecond;
  on_tick_ = [this] {
    return log_.size() <= 2 ? absl::NotFoundError("no directory")
                            : absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(15 * kSecond),
              ElementsAre("0 tick", "2000 tick", "4000 tick", "14000 tick"));
}

TEST_F(LoopTest, WithoutARetryIntervalAFailedTickChangesNothing) {
  on_tick_ = [] { return absl::NotFoundError("no directory"); };
  EXPECT_THAT(RunUntil(1500 * kMilli), ElementsAre("0 tick", "1000 tick"));
}

TEST_F(LoopTest, AShorterIntervalHoldsAtOnceThoughItComesInATick) {
  options_.interval = 1000 * kSecond;
  on_tick_ = [this] {
    if (log_.size() == 1) {
      waker_.SignalAt(kSecond, SIGHUP);
      clock_.Advance(2 * kSecond);
    }
    return absl::OkStatus();
  };
  callbacks_.on_signal = [this](const ReceivedSignal&) {
    loop_->SetIntervals(kSecond, absl::nullopt);
  };
  EXPECT_THAT(RunUntil(4500 * kMilli),
              ElementsAre("0 tick", "2000 tick", "3000 tick", "4000 tick"));
}

TEST_F(LoopTest, AShorterIntervalHoldsAtOnce) {
  options_.interval = 1000 * kSecond;
  waker_.SignalAt(3 * kSecond, SIGHUP);
  callbacks_.on_signal = [this](const ReceivedSignal&) {
    loop_->SetIntervals(kSecond, absl::nullopt);
  };
  EXPECT_THAT(RunUntil(5500 * kMilli),
              ElementsAre("0 tick", "4000 tick", "5000 tick"));
}

TEST_F(LoopTest, IntervalsCanBeChangedWhileItRuns) {
  on_tick_ = [this] {
    if (log_.size() == 2) {
      loop_->SetIntervals(5 * kSecond, 7 * kSecond);
    }
    return log_.size() == 3 ? absl::NotFoundError("") : absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(14 * kSecond),
              ElementsAre("0 tick", "1000 tick", "6000 tick", "13000 tick"));
}

// --- Waking ---

TEST_F(LoopTest, WhoWakesItIsServedBetweenTicks) {
  waker_.At(500 * kMilli, [] {
    WakeReasons reasons;
    reasons.woken = true;
    return reasons;
  });
  EXPECT_THAT(RunUntil(1200 * kMilli),
              ElementsAre("0 tick", "500 woken", "1000 tick"));
}

TEST_F(LoopTest, WhoWakesItOftenIsServedOnceAndAlsoWhenTicksAreLate) {
  on_tick_ = [this] {
    if (log_.size() == 1) {
      waker_.Wake();
      waker_.Wake();
    }
    clock_.Advance(2 * kSecond);
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(5 * kSecond),
              ElementsAre("0 tick", "2000 woken", "2000 tick", "4000 tick"));
}

TEST_F(LoopTest, WhoWakesItInTheLastTickIsServedBeforeTheEnd) {
  on_tick_ = [this] {
    waker_.Wake();
    loop_->RequestStop();
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(log_, ElementsAre("0 tick", "0 woken", "0 stop"));
}

// --- Others ---

TEST_F(LoopTest, AnEarlyReturnOfTheWakerBringsNoTick) {
  waker_.At(300 * kMilli, [] { return WakeReasons(); });
  EXPECT_THAT(RunUntil(1500 * kMilli), ElementsAre("0 tick", "1000 tick"));
}

TEST_F(LoopTest, AnInfiniteIntervalTicksOnce) {
  options_.interval = absl::InfiniteDuration();
  EXPECT_THAT(RunUntil(1000 * kSecond), ElementsAre("0 tick"));
}

TEST_F(LoopTest, RefusesAnIntervalThatIsNotAboveZeroAndNoTick) {
  const auto code = [this] {
    return Loop(options_, &clock_, &waker_, callbacks_).Run().status().code();
  };
  for (const absl::Duration bad : {absl::ZeroDuration(), -kSecond}) {
    options_.interval = bad;
    EXPECT_EQ(code(), absl::StatusCode::kInvalidArgument);
    options_.interval = kSecond;
    options_.retry_interval = bad;
    EXPECT_EQ(code(), absl::StatusCode::kInvalidArgument);
    options_.retry_interval = absl::nullopt;
  }
  callbacks_.tick = nullptr;
  EXPECT_EQ(code(), absl::StatusCode::kInvalidArgument);
}

// --- Stopping ---

TEST_F(LoopTest, AStopSignalEndsTheWaitAtOnceAndIsReported) {
  waker_.SignalAt(1300 * kMilli, SIGTERM);
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_, ElementsAre("0 tick", "1000 tick", "1300 first SIGTERM",
                                "1300 SIGTERM", "1300 stop"));
}

TEST_F(LoopTest, AStopSignalThatCameBeforeTheStartLeavesOnlyTheEnd) {
  waker_.SignalAt(-kSecond, SIGINT);
  EXPECT_EQ(Run(), SIGINT);
  EXPECT_THAT(log_, ElementsAre("0 first SIGINT", "0 SIGINT", "0 stop"));
}

TEST_F(LoopTest, AStopSignalWithinATickIsNoticedWhenSignalsArePumped) {
  waker_.SignalAt(200 * kMilli, SIGTERM);
  on_tick_ = [this] {
    clock_.Advance(400 * kMilli);
    EXPECT_FALSE(loop_->stop_requested());
    loop_->PumpSignals();
    EXPECT_TRUE(loop_->stop_requested());
    Note("pumped");
    clock_.Advance(400 * kMilli);
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(), SIGTERM);
  // The tick comes to its end, and the signal is handed on after that.
  EXPECT_THAT(log_, ElementsAre("0 tick", "400 first SIGTERM", "400 pumped",
                                "800 SIGTERM", "800 stop"));
}

TEST_F(LoopTest, AStopSignalWithinATickThatNeverPumpsEndsTheLoopAfterIt) {
  waker_.SignalAt(200 * kMilli, SIGTERM);
  on_tick_ = [this] {
    clock_.Advance(5 * kSecond);  // the next tick is due already
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_, ElementsAre("0 tick", "5000 first SIGTERM", "5000 SIGTERM",
                                "5000 stop"));
}

TEST_F(LoopTest, ASecondStopSignalIsToldAtOnceAndTheFirstIsTheExit) {
  waker_.SignalAt(100 * kMilli, SIGTERM);
  waker_.SignalAt(200 * kMilli, SIGINT);
  on_tick_ = [this] {
    for (int i = 0; i < 3; ++i) {
      clock_.Advance(100 * kMilli);
      loop_->PumpSignals();
    }
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_,
              ElementsAre("0 tick", "100 first SIGTERM", "200 second SIGINT",
                          "300 SIGTERM", "300 SIGINT", "300 stop"));
}

TEST_F(LoopTest, ASecondStopSignalDuringTheEndIsToldToo) {
  waker_.SignalAt(500 * kMilli, SIGTERM);
  waker_.SignalAt(600 * kMilli, SIGTERM);
  callbacks_.on_stop = [this] {
    Note("stop");
    clock_.Advance(kSecond);
    loop_->PumpSignals();
  };
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_, ElementsAre("0 tick", "500 first SIGTERM", "500 SIGTERM",
                                "500 stop", "1500 second SIGTERM"));
}

TEST_F(LoopTest, RequestStopEndsTheLoopWithoutASignal) {
  on_tick_ = [this] {
    loop_->RequestStop();
    return absl::OkStatus();
  };
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(log_, ElementsAre("0 tick", "0 stop"));
}

TEST_F(LoopTest, OtherSignalsAreHandedOnAndEndNothing) {
  waker_.SignalAt(300 * kMilli, SIGHUP);
  waker_.SignalAt(300 * kMilli, SIGUSR1);
  EXPECT_THAT(RunUntil(1500 * kMilli),
              ElementsAre("0 tick", "300 SIGHUP", "300 SIGUSR1", "1000 tick"));
}

TEST_F(LoopTest, OtherSignalsWithinATickAreHandedOnAfterIt) {
  waker_.SignalAt(100 * kMilli, SIGHUP);
  on_tick_ = [this] {
    clock_.Advance(200 * kMilli);
    loop_->PumpSignals();
    Note("end of tick");
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(500 * kMilli),
              ElementsAre("0 tick", "200 end of tick", "200 SIGHUP"));
}

TEST_F(LoopTest, TheOptionsSayWhichSignalsStop) {
  options_.stop_signals = {SIGUSR1};
  waker_.SignalAt(100 * kMilli, SIGTERM);
  waker_.SignalAt(200 * kMilli, SIGUSR1);
  EXPECT_EQ(Run(), SIGUSR1);
}

// --- Changes ---

TEST_F(LoopTest, ChangesAreServedAtOnceAndMoveNoTick) {
  waker_.ChangeAt(300 * kMilli, {"a"});
  waker_.ChangeAt(700 * kMilli, {"b"});
  EXPECT_THAT(
      RunUntil(1500 * kMilli),
      ElementsAre("0 tick", "300 changed a", "700 changed b", "1000 tick"));
}

TEST_F(LoopTest, ChangesThatFollowCloselyAreServedTogether) {
  on_changes_ = [this] { clock_.Advance(2 * kMilli); };
  waker_.ChangeAt(300 * kMilli, {"a"});
  waker_.ChangeAt(303 * kMilli, {"c"});
  waker_.ChangeAt(305 * kMilli, {"b", "c"});
  EXPECT_THAT(RunUntil(900 * kMilli),
              ElementsAre("0 tick", "300 changed a", "310 changed b,c"));
}

TEST_F(LoopTest, ChangesAreNotHeldBackLongerThanTheLongestGap) {
  on_changes_ = [this] { clock_.Advance(50 * kMilli); };
  waker_.ChangeAt(300 * kMilli, {"a"});
  waker_.ChangeAt(351 * kMilli, {"b"});
  EXPECT_THAT(RunUntil(900 * kMilli),
              ElementsAre("0 tick", "300 changed a", "360 changed b"));
}

TEST_F(LoopTest, WithoutAGapEveryChangeIsServedByItself) {
  options_.change_gap_factor = 0;
  waker_.ChangeAt(300 * kMilli, {"a"});
  waker_.ChangeAt(301 * kMilli, {"a"});
  EXPECT_THAT(RunUntil(900 * kMilli),
              ElementsAre("0 tick", "300 changed a", "301 changed a"));
}

TEST_F(LoopTest, ChangesWithinATickAreServedAfterIt) {
  waker_.ChangeAt(100 * kMilli, {"a"});
  on_tick_ = [this] {
    if (log_.size() == 1) {
      clock_.Advance(200 * kMilli);
      loop_->PumpSignals();
      EXPECT_EQ(log_.size(), 1u);
    }
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(1500 * kMilli),
              ElementsAre("0 tick", "200 changed a", "1000 tick"));
}

TEST_F(LoopTest, TicksThatTakeTooLongDoNotKeepChangesWaiting) {
  waker_.ChangeAt(100 * kMilli, {"a"});
  waker_.ChangeAt(2000 * kMilli, {"b"});
  on_tick_ = [this] {
    clock_.Advance(1500 * kMilli);
    return absl::OkStatus();
  };
  EXPECT_THAT(RunUntil(4000 * kMilli),
              ElementsAre("0 tick", "1500 changed a", "1500 tick",
                          "3000 changed b", "3000 tick"));
}

// The last of them are those before the end.
TEST_F(LoopTest, ChangesWithoutEndDoNotKeepTheTickWaiting) {
  options_.change_gap_factor = 0;
  for (int ms = 100; ms < 3000; ms += 100) {
    waker_.ChangeAt(ms * kMilli, {"a"});
  }
  on_changes_ = [this] { clock_.Advance(250 * kMilli); };
  EXPECT_THAT(
      RunUntil(2200 * kMilli),
      ElementsAre("0 tick", "100 changed a", "350 changed a", "600 changed a",
                  "850 changed a", "1100 tick", "1100 changed a",
                  "1350 changed a", "1600 changed a", "1850 changed a",
                  "2100 tick", "2100 changed a", "2350 changed a"));
}

TEST_F(LoopTest, ChangesThatComeWithTheStopAreServedBeforeTheEnd) {
  waker_.ChangeAt(495 * kMilli, {"a"});
  waker_.ChangeAt(500 * kMilli, {"b"});
  waker_.SignalAt(500 * kMilli, SIGTERM);
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_, ElementsAre("0 tick", "495 changed a", "500 first SIGTERM",
                                "500 SIGTERM", "500 changed b", "500 stop"));
}

TEST_F(LoopTest, LostNotificationsAndChangedDirectoriesAreKeptWhenMerged) {
  const auto happen = [](bool overflow, bool directories) {
    return [=] {
      WakeReasons woken;
      woken.changes.overflow = overflow;
      woken.changes.directories_changed = directories;
      return woken;
    };
  };
  waker_.ChangeAt(299 * kMilli, {"first"});
  waker_.At(300 * kMilli, happen(true, false));
  waker_.At(301 * kMilli, happen(false, true));
  waker_.ChangeAt(302 * kMilli, {"a"});
  int calls = 0;
  callbacks_.on_changes = [&](const ChangeHints& hints) {
    clock_.Advance(kMilli);
    if (++calls == 1) return;
    EXPECT_TRUE(hints.overflow);
    EXPECT_TRUE(hints.directories_changed);
    EXPECT_THAT(hints.names, ElementsAre("a"));
  };
  RunUntil(500 * kMilli);
  EXPECT_EQ(calls, 2);
}

// --- Trouble ---

TEST_F(LoopTest, AnExceptionInATickIsToldAndTheLoopGoesOn) {
  on_tick_ = [this]() -> absl::Status {
    if (log_.size() == 1) throw std::runtime_error("oops");
    if (log_.size() == 3) throw 42;
    return absl::OkStatus();
  };
  EXPECT_THAT(
      RunUntil(2500 * kMilli),
      ElementsAre("0 tick", "0 error: oops", "1000 tick",
                  "1000 error: an exception of unknown type", "2000 tick"));
}

TEST_F(LoopTest, AnExceptionInAnyOtherCallbackIsToldToo) {
  waker_.ChangeAt(100 * kMilli, {"a"});
  waker_.SignalAt(200 * kMilli, SIGHUP);
  waker_.SignalAt(300 * kMilli, SIGTERM);
  callbacks_.on_changes = [](const ChangeHints&) {
    throw std::runtime_error("changes");
  };
  callbacks_.on_signal = [](const ReceivedSignal& signal) {
    throw std::runtime_error(SignalName(signal.number));
  };
  callbacks_.on_stop = [] { throw std::runtime_error("stop"); };
  EXPECT_EQ(Run(), SIGTERM);
  EXPECT_THAT(log_, ElementsAre("0 tick", "100 error: changes",
                                "200 error: SIGHUP", "300 first SIGTERM",
                                "300 error: SIGTERM", "300 error: stop"));
}

TEST_F(LoopTest, NeedsNoCallbackButTheTick) {
  waker_.ChangeAt(100 * kMilli, {"a"});
  waker_.SignalAt(200 * kMilli, SIGHUP);
  waker_.SignalAt(300 * kMilli, SIGTERM);
  waker_.SignalAt(300 * kMilli, SIGINT);
  LoopCallbacks callbacks;
  callbacks.tick = []() -> absl::Status { throw std::runtime_error("oops"); };
  callbacks_ = callbacks;
  EXPECT_EQ(Run(), SIGTERM);
}

}  // namespace
}  // namespace dirwatcher
