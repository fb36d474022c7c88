// TreeObserver: keeps the directories of the watched tree observed, as far as
// that works, and says where it does not.

#ifndef DIRWATCHER_DIRWATCH_TREE_OBSERVER_H_
#define DIRWATCHER_DIRWATCH_TREE_OBSERVER_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "dirwatch/event_sink.h"
#include "env/change_notifier.h"

namespace dirwatcher {

// Thread-compatible.
class TreeObserver {
 public:
  // `root` is the path of the watched directory. `notifier` may be null:
  // nothing is observed and nothing is said of it. Pointers must outlive this.
  TreeObserver(std::string root, ChangeNotifier* notifier, EventSink* sink);

  // Observes the directory `prefix` ("" is the root) unless it is observed
  // already. What does not work is told once and tried again with each call.
  void Observe(absl::string_view prefix);

  // Observes nothing any more: the directories may have been replaced. What was
  // told of those that do not work is not told again.
  void Clear();

  // Whether every directory that Observe was called for is observed.
  bool complete() const {
    return notifier_ != nullptr && !observed_.empty() && failed_.empty();
  }

 private:
  const std::string root_;
  ChangeNotifier* const notifier_;
  EventSink& sink_;
  absl::flat_hash_set<std::string> observed_;
  // Those that cannot be; together with observed_, all since Clear.
  absl::flat_hash_set<std::string> failed_;
  // What was said of those in failed_, now or before the last Clear.
  absl::flat_hash_map<std::string, std::string> told_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_TREE_OBSERVER_H_
