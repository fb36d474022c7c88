// MagicCounter: counts the lines that a DirectoryWatcher reports, by the magic
// that was found in them.
//
//   MagicCounter counter;
//   DirectoryWatcher watcher(options, &matcher, &file_system, &counter);
//   watcher.Poll();
//   counter.counts();   // {{"ERROR", 3}, {"panic", 1}}

#ifndef EXAMPLE_MAGIC_COUNTER_H_
#define EXAMPLE_MAGIC_COUNTER_H_

#include <cstdint>
#include <map>
#include <string>

#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"

namespace example {

// Thread-compatible.
class MagicCounter : public dirwatcher::EventSink {
 public:
  void OnEvent(const dirwatcher::Event& event) override;

  // How many lines were reported for each magic; none for a magic that was not
  // found.
  const std::map<std::string, int64_t>& counts() const { return counts_; }

  // How often something was not read, so that the counts may be too low.
  int64_t gaps() const { return gaps_; }

 private:
  std::map<std::string, int64_t> counts_;
  int64_t gaps_ = 0;
};

}  // namespace example

#endif  // EXAMPLE_MAGIC_COUNTER_H_
