#include "notify/dispatcher.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/random/distributions.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

double MachineRandom() {
  thread_local absl::BitGen generator;
  return absl::Uniform<double>(generator, 0, 1);
}

}  // namespace

Dispatcher::Dispatcher(DispatchOptions options, Spool* spool, Router router,
                       Clock* clock, Logger* logger)
    : options_([&options] {
        if (!options.random) options.random = MachineRandom;
        if (!options.is_ending) options.is_ending = [] { return false; };
        return std::move(options);
      }()),
      spool_(spool),
      router_(std::move(router)),
      clock_(clock),
      logger_(logger) {}

std::vector<Dispatcher::Queue> Dispatcher::Plan(
    const DeliverySelection& selection, const std::vector<QueuedDelivery>& list,
    absl::Time now) {
  std::vector<Queue> queues;
  for (const QueuedDelivery& each : list) {
    const bool is_own = each.message == selection.first;
    const bool is_wanted =
        is_own || selection.others == DeliverySelection::kAll ||
        (selection.others == DeliverySelection::kDue && each.next_try <= now);
    if (each.state != DeliveryState::kReady || !is_wanted) continue;
    auto queue = std::find_if(
        queues.begin(), queues.end(),
        [&each](const Queue& other) { return other.target == each.target; });
    if (queue == queues.end()) {
      queue = queues.insert(queue, Queue{each.target, {}, {}});
    }
    (is_own ? queue->own : queue->others).push_back(each.id);
  }
  return queues;
}

absl::StatusOr<DeliveryCounts> Dispatcher::Deliver(
    DeliverySelection selection) {
  const absl::Time now = clock_->Now();
  if (absl::Status s = spool_->ReleaseExpired(now); !s.ok()) return s;
  const absl::StatusOr<std::vector<QueuedDelivery>> list = spool_->List();
  if (!list.ok()) return list.status();

  const absl::Duration give_up = selection.others == DeliverySelection::kAll
                                     ? absl::InfiniteDuration()
                                     : clock_->Uptime() + options_.send_timeout;
  const std::vector<Queue> queues = Plan(selection, *list, now);
  DeliveryCounts counts;
  std::mutex mutex;  // guards counts
  const auto deliver = [&](const Queue& queue) {
    const DeliveryCounts some = DeliverQueue(queue, give_up);
    const std::lock_guard<std::mutex> lock(mutex);
    counts.delivered += some.delivered;
    counts.failed += some.failed;
    counts.refused += some.refused;
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < queues.size(); ++i) {
    try {
      threads.emplace_back([&deliver, &queue = queues[i]] { deliver(queue); });
    } catch (const std::system_error&) {
      deliver(queues[i]);  // there is no thread left
    }
  }
  if (!queues.empty()) deliver(queues[0]);
  for (std::thread& thread : threads) thread.join();
  return counts;
}

DeliveryCounts Dispatcher::DeliverQueue(const Queue& queue,
                                        absl::Duration give_up) {
  DeliveryCounts counts;
  const Route route = router_(queue.target);
  std::vector<int64_t> deliveries = queue.own;
  deliveries.insert(deliveries.end(), queue.others.begin(), queue.others.end());
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const bool is_late = i >= queue.own.size() && clock_->Uptime() >= give_up;
    if (is_late || options_.is_ending()) break;
    const absl::optional<DeliveryOutcome> outcome =
        DeliverOne(deliveries[i], route);
    if (!outcome) continue;
    counts.delivered += *outcome == DeliveryOutcome::kDelivered;
    counts.refused += *outcome == DeliveryOutcome::kRefused;
    if (*outcome == DeliveryOutcome::kTryAgain ||
        *outcome == DeliveryOutcome::kNotConfigured) {
      ++counts.failed;
      break;
    }
  }
  return counts;
}

absl::optional<DeliveryOutcome> Dispatcher::DeliverOne(int64_t delivery,
                                                       const Route& route) {
  const absl::StatusOr<absl::optional<ClaimedDelivery>> claimed =
      spool_->Claim(delivery);
  if (!claimed.ok()) {
    Warn(route.label, claimed.status().message());
    return absl::nullopt;
  }
  if (!claimed->has_value()) return absl::nullopt;
  const DeliveryResult result = Try(delivery, **claimed, route);
  Note(delivery, **claimed, result, route.label);
  return result.outcome;
}

DeliveryResult Dispatcher::Try(int64_t delivery, const ClaimedDelivery& claimed,
                               const Route& route) {
  if (!route.handler.ok()) {
    return DeliveryResult::NotConfigured(
        std::string(route.handler.status().message()));
  }
  DeliveryAttempt attempt;
  attempt.timeout = options_.send_timeout;
  attempt.progress = claimed.progress;
  attempt.save_progress = [&](const std::string& progress) {
    const absl::Status saved = spool_->SaveProgress(delivery, progress);
    if (!saved.ok()) Warn(route.label, saved.message());
  };
  try {
    return (*route.handler)->Send(claimed.message, attempt);
  } catch (const std::exception& error) {
    return DeliveryResult::TryAgain(error.what());
  } catch (...) {
    return DeliveryResult::TryAgain("unknown exception");
  }
}

void Dispatcher::Note(int64_t delivery, const ClaimedDelivery& claimed,
                      const DeliveryResult& result, const std::string& label) {
  for (const std::string& warning : result.warnings) Warn(label, warning);
  absl::Status noted;
  switch (result.outcome) {
    case DeliveryOutcome::kDelivered:
      logger_->Log(LogLevel::kInfo,
                   absl::StrCat("Told ", label, ": ",
                                EscapeForLog(claimed.message.subject)));
      noted = spool_->NoteDelivered(delivery);
      break;
    case DeliveryOutcome::kRefused:
      Warn(label, absl::StrCat("refused for good: ", result.reason));
      noted = spool_->NoteRefused(delivery, result.reason, clock_->Now());
      break;
    case DeliveryOutcome::kTryAgain:
    case DeliveryOutcome::kNotConfigured: {
      const absl::Duration delay = std::max(
          result.retry_after, BackOffDelay(options_.back_off, claimed.tries + 1,
                                           options_.random()));
      Warn(label,
           absl::StrCat(result.reason,
                        spool_->is_on_disk()
                            ? absl::StrCat("; next try in ",
                                           absl::FormatDuration(absl::Trunc(
                                               delay, absl::Seconds(1))),
                                           " at the earliest")
                            : "; it is lost"));
      noted =
          spool_->NoteFailed(delivery, result.reason, clock_->Now() + delay);
      break;
    }
  }
  if (!noted.ok()) {
    Warn(label,
         absl::StrCat("cannot note what became of it: ", noted.message()));
  }
}

void Dispatcher::Warn(const std::string& label, absl::string_view what) {
  logger_->Log(LogLevel::kWarning, absl::StrCat("Notification to ", label, ": ",
                                                EscapeForLog(what)));
}

}  // namespace dirwatcher
