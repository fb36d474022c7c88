#include "daemon/loop.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

namespace dirwatcher {
namespace {

void Merge(ChangeHints more, ChangeHints* hints) {
  if (more.empty()) return;
  if (hints->empty()) {
    *hints = std::move(more);
    return;
  }
  std::vector<std::string>& names = hints->names;
  names.insert(names.end(), std::make_move_iterator(more.names.begin()),
               std::make_move_iterator(more.names.end()));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  hints->overflow |= more.overflow;
  hints->directories_changed |= more.directories_changed;
  hints->subdirectories_changed |= more.subdirectories_changed;
}

}  // namespace

Loop::Loop(LoopOptions options, Clock* clock, Waker* waker,
           LoopCallbacks callbacks)
    : options_(std::move(options)),
      clock_(clock),
      waker_(waker),
      callbacks_(std::move(callbacks)) {}

absl::StatusOr<LoopExit> Loop::Run() {
  if (options_.interval <= absl::ZeroDuration() ||
      options_.retry_interval.value_or(options_.interval) <=
          absl::ZeroDuration()) {
    return absl::InvalidArgumentError("an interval has to be above zero");
  }
  if (!callbacks_.tick) {
    return absl::InvalidArgumentError("a loop needs a tick");
  }
  next_tick_ = clock_->Uptime();
  PumpSignals();
  while (!stop_requested_) {
    const bool is_ok = Tick();
    PumpSignals();
    DeliverSignals();
    DeliverWake();
    // Late is now: what was missed meanwhile is skipped.
    const absl::Duration interval =
        is_ok ? options_.interval
              : options_.retry_interval.value_or(options_.interval);
    next_tick_ = std::max(next_tick_ + interval, clock_->Uptime());
    // Changes are served once even if the next tick is due already, and the
    // tick comes even if there are always more of them.
    bool served = false;
    while (!stop_requested_) {
      const absl::Duration now = clock_->Uptime();
      const bool changes_due = !changes_.empty() && now >= next_changes_;
      if (changes_due && !(served && now >= next_tick_)) {
        DeliverChanges();
        PumpSignals();
        served = true;
      } else if (now >= next_tick_) {
        break;
      } else {
        Wait((changes_.empty() ? next_tick_
                               : std::min(next_tick_, next_changes_)) -
             now);
      }
      DeliverSignals();
      DeliverWake();
    }
  }
  DeliverSignals();
  DeliverWake();
  if (!changes_.empty()) DeliverChanges();
  if (callbacks_.on_stop) Guarded(callbacks_.on_stop);
  LoopExit exit;
  exit.signal_number = stop_signal_;
  return exit;
}

void Loop::SetIntervals(absl::Duration interval,
                        absl::optional<absl::Duration> retry_interval) {
  options_.interval = interval;
  options_.retry_interval = retry_interval;
  next_tick_ = std::min(next_tick_, clock_->Uptime() + interval);
}

void Loop::PumpSignals() { Wait(absl::ZeroDuration()); }

void Loop::Wait(absl::Duration timeout) {
  WakeReasons woken = waker_->Wait(timeout);
  for (const ReceivedSignal& signal : woken.signals) {
    signals_.push_back(signal);
    if (!options_.stop_signals.Contains(signal.number)) continue;
    stop_requested_ = true;
    const bool first = stop_signal_ == 0;
    if (first) stop_signal_ = signal.number;
    const auto& callback =
        first ? callbacks_.on_first_stop : callbacks_.on_second_stop;
    if (callback) callback(signal.number);
  }
  woken_ |= woken.woken;
  Merge(std::move(woken.changes), &changes_);
}

void Loop::DeliverSignals() {
  // By index, as a callback may pump and so add to them.
  for (size_t i = 0; i < signals_.size(); ++i) {
    const ReceivedSignal signal = signals_[i];
    if (callbacks_.on_signal) {
      Guarded([&] { callbacks_.on_signal(signal); });
    }
  }
  signals_.clear();
}

void Loop::DeliverWake() {
  if (std::exchange(woken_, false) && callbacks_.on_wake) {
    Guarded(callbacks_.on_wake);
  }
}

void Loop::DeliverChanges() {
  const ChangeHints changes = std::exchange(changes_, ChangeHints());
  const absl::Duration begin = clock_->Uptime();
  if (callbacks_.on_changes) Guarded([&] { callbacks_.on_changes(changes); });
  const absl::Duration end = clock_->Uptime();
  next_changes_ = end + std::min((end - begin) * options_.change_gap_factor,
                                 options_.max_change_gap);
}

bool Loop::Tick() {
  absl::Status status;
  Guarded([&] { status = callbacks_.tick(); });
  return status.ok();
}

void Loop::Guarded(absl::FunctionRef<void()> action) {
  try {
    action();
  } catch (const std::exception& error) {
    if (callbacks_.on_error) callbacks_.on_error(error.what());
  } catch (...) {
    if (callbacks_.on_error)
      callbacks_.on_error("an exception of unknown type");
  }
}

}  // namespace dirwatcher
