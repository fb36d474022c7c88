#include "env/fake_waker.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dirwatcher {

void FakeWaker::At(absl::Duration uptime, Happening happening) {
  script_.emplace(uptime, std::move(happening));
}

void FakeWaker::SignalAt(absl::Duration uptime, int number, pid_t sender_pid) {
  At(uptime, [number, sender_pid] {
    WakeReasons reasons;
    ReceivedSignal signal;
    signal.number = number;
    signal.sender_pid = sender_pid;
    reasons.signals.push_back(signal);
    return reasons;
  });
}

void FakeWaker::ChangeAt(absl::Duration uptime,
                         std::vector<std::string> names) {
  At(uptime, [names] {
    WakeReasons reasons;
    reasons.changes.names = names;
    return reasons;
  });
}

WakeReasons FakeWaker::Wait(absl::Duration timeout) {
  waits_.push_back(timeout);
  const absl::Duration start = clock_->Uptime();
  const absl::Duration end = start + std::max(timeout, absl::ZeroDuration());
  WakeReasons woken;
  woken.woken = std::exchange(woken_, false);
  if (woken.woken && (script_.empty() || script_.begin()->first > start)) {
    return woken;
  }
  if (script_.empty() || script_.begin()->first > end) {
    if (timeout == absl::InfiniteDuration()) {
      std::fprintf(stderr, "FakeWaker: nothing will ever end this wait\n");
      std::abort();
    }
    clock_->Advance(end - start);
    return woken;
  }
  const absl::Duration moment = std::max(script_.begin()->first, start);
  clock_->Advance(moment - start);
  while (!script_.empty() && script_.begin()->first <= moment) {
    const Happening happening = std::move(script_.begin()->second);
    script_.erase(script_.begin());
    WakeReasons more = happening();
    woken.signals.insert(woken.signals.end(), more.signals.begin(),
                         more.signals.end());
    std::vector<std::string>& names = woken.changes.names;
    names.insert(names.end(), more.changes.names.begin(),
                 more.changes.names.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    woken.woken |= more.woken;
    woken.changes.overflow |= more.changes.overflow;
    woken.changes.directories_changed |= more.changes.directories_changed;
    woken.changes.subdirectories_changed |= more.changes.subdirectories_changed;
  }
  return woken;
}

}  // namespace dirwatcher
