#include "dirwatch/tree_observer.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace dirwatcher {

TreeObserver::TreeObserver(std::string root, ChangeNotifier* notifier,
                           EventSink* sink)
    : root_(std::move(root)), notifier_(notifier), sink_(*sink) {}

void TreeObserver::Observe(absl::string_view prefix) {
  if (notifier_ == nullptr || observed_.contains(prefix)) return;
  const std::string path =
      prefix.empty() ? root_
                     : absl::StrCat(absl::StripSuffix(root_, "/"), "/",
                                    absl::StripSuffix(prefix, "/"));
  const absl::Status status = notifier_->Watch(path, prefix);
  if (status.ok()) {
    observed_.insert(std::string(prefix));
    failed_.erase(prefix);
    told_.erase(prefix);
    return;
  }
  // It went away since it was found, which the next listing will see.
  if (absl::IsNotFound(status)) return;
  failed_.insert(std::string(prefix));
  std::string& told = told_[prefix];
  if (told == status.message()) return;
  told = std::string(status.message());
  sink_.OnEvent(WatchDegraded{
      path, absl::StrCat("it is polled, as it cannot be observed: ", told)});
}

void TreeObserver::Clear() {
  if (notifier_ == nullptr || (observed_.empty() && failed_.empty())) return;
  notifier_->Unwatch("");
  // Of a directory that is gone nothing needs to be remembered.
  absl::erase_if(told_, [this](const auto& told) {
    return !failed_.contains(told.first);
  });
  observed_.clear();
  failed_.clear();
}

}  // namespace dirwatcher
