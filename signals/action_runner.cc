#include "signals/action_runner.h"

#include <algorithm>
#include <exception>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "logging/escape.h"
#include "logging/log_level.h"

namespace dirwatcher {

ActionRunner::ActionRunner(const ActionRegistry* registry, ActionHost* host,
                           Logger* logger)
    : registry_(*registry), host_(host), logger_(logger) {}

ActionRunner::~ActionRunner() { TearDown(); }

absl::Status ActionRunner::Guarded(absl::FunctionRef<absl::Status()> call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  } catch (...) {
    return absl::InternalError("an exception of unknown type");
  }
}

absl::Status ActionRunner::SetUp(absl::Span<const ActionRequest> requests) {
  for (const ActionRequest& request : requests) {
    const ActionSpec* const spec = registry_.Find(request.action);
    if (spec == nullptr) {
      logger_->Log(LogLevel::kWarning,
                   absl::StrCat("Unknown action `",
                                EscapeForLog(request.action), "`; skipping"));
      continue;
    }
    auto entry = std::make_unique<Entry>();
    entry->trigger = request.trigger;
    entry->spec = spec;
    const absl::Status status = Guarded([&] {
      entry->action = spec->make();
      return entry->action->SetUp(host_, request.arguments);
    });
    if (!status.ok()) {
      TearDown();
      return absl::Status(
          status.code(),
          absl::StrCat("Cannot set up `", spec->name, "` for ", request.trigger,
                       ": ", EscapeForLog(status.message()), "; `", spec->name,
                       "`: ", spec->Documentation()));
    }
    logger_->Log(LogLevel::kDebug, absl::StrCat("Set up `", spec->name,
                                                "` for ", request.trigger));
    entries_.push_back(std::move(entry));
    ++active_;
  }
  return absl::OkStatus();
}

void ActionRunner::Run(absl::string_view trigger, const ActionCause& cause) {
  for (const auto& entry : entries_) {
    if (host_->interrupted()) return;
    if (entry->trigger == trigger && entry->active) RunOne(entry.get(), cause);
  }
}

void ActionRunner::RunOne(Entry* entry, const ActionCause& cause) {
  absl::optional<absl::Status> status;  // none: it was closed already
  {
    std::shared_lock<std::shared_mutex> shared(entry->running, std::defer_lock);
    std::unique_lock<std::shared_mutex> alone(entry->running, std::defer_lock);
    if (entry->action->RunsConcurrently()) {
      shared.lock();
    } else {
      alone.lock();
    }
    // Meanwhile it was removed, or is about to be.
    if (!entry->active || entry->has_said_closed) return;
    if (!entry->action->closed()) {
      status = Guarded([&] { return entry->action->Run(cause); });
      if (IsActionClosed(*status)) entry->has_said_closed = true;
    }
  }
  if (status.has_value() && !IsActionClosed(*status)) {
    if (status->ok()) return;
    return logger_->Log(
        LogLevel::kError,
        absl::StrCat("Action `", entry->spec->name, "` for ", entry->trigger,
                     " failed: ", EscapeForLog(status->message())));
  }
  const std::lock_guard<std::shared_mutex> alone(entry->running);
  if (!entry->active) return;
  const std::string& name = entry->spec->class_name;
  logger_->Log(
      LogLevel::kWarning,
      status.has_value()
          ? absl::StrCat("Received `ActionClosed`; removing action `", name,
                         "`: ", EscapeForLog(status->message()))
          : absl::StrCat("Action `", name, "` has closed; removing it"));
  Remove(entry);
}

void ActionRunner::Remove(Entry* entry) {
  const absl::Status status = Guarded([&] {
    entry->action->Close();
    return absl::OkStatus();
  });
  if (!status.ok()) {
    logger_->Log(LogLevel::kError,
                 absl::StrCat("Tearing down `", entry->spec->name, "` for ",
                              entry->trigger,
                              " failed: ", EscapeForLog(status.message())));
  }
  logger_->Log(LogLevel::kDebug, absl::StrCat("Tore down `", entry->spec->name,
                                              "` for ", entry->trigger));
  entry->active = false;
  --active_;
}

void ActionRunner::TearDown() {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if ((*entry)->active) Remove(entry->get());
  }
}

bool ActionRunner::HasActive(absl::string_view trigger) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [trigger](const std::unique_ptr<Entry>& entry) {
                       return entry->trigger == trigger && entry->active;
                     });
}

}  // namespace dirwatcher
