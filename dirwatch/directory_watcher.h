// DirectoryWatcher: watches a directory and tells an EventSink what happens.
// docs/semantics.md states what it promises.
//
//   PosixFileSystem fs;
//   auto matcher = LineMatcher::Create({"ERROR"}, {});
//   DirectoryWatcherOptions options;
//   options.dir = "/var/log";
//   options.extensions = {"log"};
//   DirectoryWatcher watcher(options, &*matcher, &fs, &sink);
//   for (;;) {
//     absl::Status status = watcher.Poll();   // all I/O happens here
//     WaitForASecond();
//   }
//
// It neither sleeps nor reads a clock: whoever calls Poll() decides when.

#ifndef DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_H_
#define DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/directory_lister.h"
#include "dirwatch/directory_model.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/file_filter.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/tracked_file.h"
#include "dirwatch/tracked_files.h"
#include "dirwatch/tree_observer.h"
#include "env/change_notifier.h"
#include "env/file_system.h"

namespace dirwatcher {

enum class StartAt {
  kBeginning,
  // What stands in the files of the first listing is counted, not searched; if
  // the directory is missing at first, that is none.
  kEnd,
};

struct DirectoryWatcherOptions {
  std::string dir;  // may not exist (yet)
  std::vector<std::string> extensions = {".txt"};
  Depth depth = Depth::kOneDirectory;
  StartAt start_at = StartAt::kBeginning;
  // Files held open at a time. What goes away beyond that may go unread; a Gap
  // then says so. With several threads, up to a quarter more are open while
  // files are read.
  size_t max_open_files = 256;
  AppendReaderOptions reader;
  // With working notifications and more files than `sweep_above_files`, a full
  // poll of a directory that has not changed looks at only `files_per_sweep` of
  // them and takes the next ones in the next poll; otherwise always at all.
  // REQUIRES: files_per_sweep >= 1.
  size_t sweep_above_files = 1000;
  size_t files_per_sweep = 1000;
  // How many threads look at files when there are thousands of them, and read
  // when there is much to read; reader.threads is ignored. More than one only
  // with a file system whose directories may be asked by several at once, as
  // PosixFileSystem's. REQUIRES: at least 1.
  size_t threads = 1;
  // Called between pieces of work in a long poll, for instance to see whether a
  // signal has come. Must not call back into the watcher.
  std::function<void()> between_turns;
};

struct WatcherTotals {
  int64_t files = 0;  // being watched now
  int64_t lines = 0;  // finished lines read
  int64_t matches = 0;
  int64_t bytes = 0;
  int64_t overflows = 0;  // times that notifications were lost
};

// Thread-compatible: all calls from one thread at a time. Memory: a few
// buffers, and for each file its name and about a hundred bytes, whatever its
// size.
class DirectoryWatcher {
 public:
  // All pointers must outlive this; `notifier` may be null: no notifications.
  // REQUIRES: max_open_files >= 1, and what AppendReader requires.
  DirectoryWatcher(const DirectoryWatcherOptions& options,
                   const LineMatcher* matcher, FileSystem* file_system,
                   EventSink* sink, ChangeNotifier* notifier = nullptr);

  DirectoryWatcher(const DirectoryWatcher&) = delete;
  DirectoryWatcher& operator=(const DirectoryWatcher&) = delete;

  // One full poll, to be called once an interval: looks at the directory and
  // reads what is new. When it returns, all that stood in the watched files
  // when it was called has been reported, except what waits for a name that
  // another file still has, what could not be read and was said so, and what
  // was moved about while it ran.
  //   OK                   the directory was looked at
  //   NOT_FOUND, FAILED_PRECONDITION, PERMISSION_DENIED
  //                        it is missing, not a directory, or closed to us;
  //                        that was reported
  //   anything else        it could not be opened or listed in whole; what is
  //                        known of it is kept
  absl::Status Poll();

  // The same at once, not at the end of an interval: whoever is drained is not
  // drained for longer, and a missing directory is not complained about again.
  absl::Status PollNow();

  // Looks at once at what the notifier has named. Does not count as an
  // interval. Returns what Poll returns.
  absl::Status PollChanged(const ChangeHints& hints);

  // The end: drains what is leaving, gives waiting files their turn and judges
  // unfinished lines. Only totals() may be called afterwards.
  void Finish();

  WatcherTotals totals() const;

  // Changes the option of that name, for an interval that has changed.
  // REQUIRES: it is at least 1.
  void SetFilesPerSweep(size_t files_per_sweep) {
    options_.files_per_sweep = files_per_sweep;
  }

 private:
  absl::Status PollWhole(PollKind kind);
  absl::Status Enter(PollKind kind);
  void LoseDirectory();
  absl::Status ListAll();
  absl::Status ListOrSweep(PollKind kind);
  bool SweepSuffices(const FileStat& root);
  bool SweepsInSlices() const;
  void Sweep();
  void LookAtSlots(const std::vector<FileSlot>& slots,
                   std::vector<std::string>* changed);
  void LookAt(absl::Span<const absl::string_view> names);
  void LookAtKnown();
  absl::Status TellDirectoryProblems(const std::vector<Problem>& problems);
  void TellDirectoryProblem(const std::string& prefix,
                            const absl::Status& status);

  DirectoryWatcherOptions options_;
  const FileFilter filter_;
  FileSystem& file_system_;
  EventSink& sink_;
  TreeObserver observer_;
  DirectoryModel model_;
  TrackedFiles files_;

  // The directory as it was entered last; null while it is missing.
  std::unique_ptr<Directory> directory_;
  absl::optional<FileId> directory_id_;  // of that, kept while it is missing
  bool was_missing_ = true;              // or was never entered
  // The root was not listed in whole yet, and was not missing either.
  bool first_listing_ = true;

  // What was said of directories that cannot be listed, by prefix.
  absl::flat_hash_map<std::string, std::string> problems_;

  // When a listing of the root may be left out: see SweepSuffices.
  absl::Time listed_mtime_ = absl::InfinitePast();
  absl::Time listed_ctime_ = absl::InfinitePast();
  bool listed_again_ = false;
  FileSlot sweep_from_ = 0;  // where the next sweep begins
  // Watched names that led to no file when they were listed, and may by now: a
  // link may lead somewhere although nothing changes in the directory.
  std::vector<std::string> no_files_;

  int64_t overflows_ = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_H_
