// count_magics: counts the lines of log files by what they contain; a small
// program around dirwatcher as a library.
//
//   count_magics               shows what it does in a directory of its own
//   count_magics DIR MAGIC...  counts in the .log files of DIR until ^C
//
// Exits with 0, with 1 if something cannot be done, with 2 if it is used
// wrongly.

#include <signal.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daemon/loop.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/line_matcher.h"
#include "env/change_notifier.h"
#include "env/event_waker.h"
#include "env/posix_file_system.h"
#include "env/system_clock.h"
#include "magic_counter.h"
#include "signals/signal_set.h"

namespace example {
namespace {

using dirwatcher::DirectoryWatcher;
using dirwatcher::DirectoryWatcherOptions;
using dirwatcher::LineMatcher;
using dirwatcher::PosixFileSystem;

DirectoryWatcherOptions LogFilesOf(const std::string& dir) {
  DirectoryWatcherOptions options;
  options.dir = dir;
  options.extensions = {".log"};
  options.max_open_files =
      static_cast<size_t>(dirwatcher::DefaultMaxOpenFiles());
  return options;
}

void Print(const MagicCounter& counter) {
  for (const auto& [magic, count] : counter.counts()) {
    std::cout << magic << ": " << count << "\n";
  }
  if (counter.gaps() > 0) {
    std::cout << "not everything could be read\n";
  }
  std::cout.flush();
}

// A directory that goes with everything in it when this does.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path =
        (std::filesystem::temp_directory_path() / "count_magics.XXXXXX")
            .string();
    if (mkdtemp(&path[0]) != nullptr) path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // Empty: it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void Append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

// Polls by hand: each call of Poll stands for the end of an interval.
int Demonstrate() {
  const TemporaryDirectory dir;
  if (dir.path().empty()) {
    std::cerr << "count_magics: cannot make a temporary directory\n";
    return 1;
  }
  const std::string log = dir.path() + "/app.log";

  PosixFileSystem file_system;
  MagicCounter counter;
  const absl::StatusOr<LineMatcher> matcher =
      LineMatcher::Create({"ERROR", "panic"}, {});
  if (!matcher.ok()) return 1;
  DirectoryWatcher watcher(LogFilesOf(dir.path()), &*matcher, &file_system,
                           &counter);

  std::cout << "Three lines, the last of them not finished:\n";
  Append(log, "ERROR disk full\nall is well\nERR");
  absl::Status status = watcher.Poll();
  Print(counter);

  std::cout << "The rest of it; the log is rotated, and goes on:\n";
  Append(log, "OR again\n");
  std::filesystem::rename(log, log + ".1");
  Append(log, "panic\nERROR in the new file\n");
  // The new file has its turn when nothing more comes to the old one.
  for (int i = 0; i < 3; ++i) status.Update(watcher.Poll());
  watcher.Finish();
  Print(counter);

  if (!status.ok()) {
    std::cerr << "count_magics: " << status << "\n";
    return 1;
  }
  const std::map<std::string, int64_t> expected = {{"ERROR", 3}, {"panic", 1}};
  return counter.counts() == expected && counter.gaps() == 0 ? 0 : 1;
}

// Polls every second, and sooner where inotify tells of a change.
int Watch(const std::string& dir, std::vector<std::string> magics) {
  // Before anything else: the signals are read in the loop.
  const dirwatcher::SignalSet stop_signals = {SIGINT, SIGTERM};
  absl::Status status = dirwatcher::BlockSignals(stop_signals);
  const absl::StatusOr<LineMatcher> matcher =
      LineMatcher::Create(std::move(magics), {});
  status.Update(matcher.status());
  const absl::StatusOr<std::unique_ptr<dirwatcher::EventWaker>> waker =
      dirwatcher::EventWaker::Create(stop_signals.numbers());
  status.Update(waker.status());
  if (!status.ok()) {
    std::cerr << "count_magics: " << status.message() << "\n";
    return 1;
  }

  PosixFileSystem file_system;
  MagicCounter counter;
  DirectoryWatcher watcher(LogFilesOf(dir), &*matcher, &file_system, &counter,
                           waker->get());

  dirwatcher::LoopCallbacks callbacks;
  callbacks.tick = [&] { return watcher.Poll(); };
  callbacks.on_changes = [&](const dirwatcher::ChangeHints& hints) {
    watcher.PollChanged(hints).IgnoreError();  // the next tick tries again
  };
  callbacks.on_stop = [&] {
    watcher.PollNow().IgnoreError();  // what came before the signal
    watcher.Finish();
  };
  dirwatcher::SystemClock clock;
  dirwatcher::Loop loop(dirwatcher::LoopOptions(), &clock, waker->get(),
                        callbacks);
  status = loop.Run().status();
  if (!status.ok()) {
    std::cerr << "count_magics: " << status.message() << "\n";
    return 1;
  }
  Print(counter);
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return Demonstrate();
  if (arguments.size() == 1) {
    std::cerr << "usage: count_magics [DIR MAGIC...]\n";
    return 2;
  }
  return Watch(arguments[0], {arguments.begin() + 1, arguments.end()});
}

}  // namespace
}  // namespace example

int main(int argc, char** argv) {
  return example::Main({argv + 1, argv + argc});
}
