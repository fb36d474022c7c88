// StreamRelay: passes what a command writes into pipes on to where it would
// have gone without us, byte for byte, and shows it to an observer.
//
//   command --pipe--> StreamRelay --> standard output
//           --pipe-->     |       --> standard error
//                         `--> on_bytes, for OutputTail
//
//   std::vector<RelayedStream> streams;  // read ends, where to, callbacks
//   absl::StatusOr<std::unique_ptr<StreamRelay>> relay =
//       StreamRelay::Start(std::move(streams));
//   ... start the command, close the write ends, wait for the command ...
//   (*relay)->Finish();          // pass on what is in the pipes, no more
//   poll {(*relay)->done_fd(), ...};
//   (*relay)->Stop();            // if one does not want to wait for the reader

#ifndef DIRWATCHER_SUPERVISE_STREAM_RELAY_H_
#define DIRWATCHER_SUPERVISE_STREAM_RELAY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/interrupt_flag.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// A pipe that has been made larger, 1 MiB, where the system allows that: fewer
// changes between the command and us.
struct RelayPipe {
  // RESOURCE_EXHAUSTED: no descriptor is left.
  static absl::StatusOr<RelayPipe> Create();

  UniqueFd read_end;  // does not block
  UniqueFd write_end;
};

struct RelayedStream {
  UniqueFd input;  // the read end of a pipe, which does not block
  int output_fd;   // must outlive the relay
  // Bytes that came, before they are passed on. Called in the relay's thread.
  std::function<void(absl::string_view bytes)> on_bytes;
  // The output refuses bytes (a full disk): those are lost. Called once at
  // most, in the relay's thread, with the errno.
  std::function<void(int error_number)> on_lost;
};

// Has a thread, in which it waits for the command and for the readers: a reader
// that is slow makes the command wait, as it would have without us, but does
// not hold up the other stream. At most kBufferBytes of each are in memory.
//
// What one stream brings is shown only after what was in the pipe of those
// before it: a command's last words on standard error come after its output,
// though they are in another pipe. But not if that output's reader is behind.
//
// It has done with a stream, and closes its end of the pipe, so that whoever
// writes on gets SIGPIPE, when
//   * nobody can write into the pipe any more;
//   * the reader of the output has gone: for the command that is as without us;
//   * Finish was called, and what was in the pipe then has been passed on;
//   * Stop was called.
// An output that was closed from the start (EBADF) takes everything, and nobody
// is told that it is lost.
//
// Thread-safe. SIGPIPE must be ignored or blocked.
class StreamRelay {
 public:
  static constexpr size_t kBufferBytes = size_t{256} * 1024;

  //   RESOURCE_EXHAUSTED  no descriptor, memory or thread is left
  static absl::StatusOr<std::unique_ptr<StreamRelay>> Start(
      std::vector<RelayedStream> streams);

  StreamRelay(const StreamRelay&) = delete;
  StreamRelay& operator=(const StreamRelay&) = delete;
  // Stops it.
  ~StreamRelay();

  // The command has ended: whoever else holds the pipes is not waited for.
  void Finish() { finish_.Raise(); }

  // Ends it at once; what is not written yet is lost.
  void Stop() { stop_.Raise(); }

  // Becomes readable when it has done with all streams, for poll(2).
  int done_fd() const { return done_.fd(); }
  bool done() const { return done_.raised(); }

 private:
  class Channel;

  StreamRelay(std::vector<RelayedStream> streams, InterruptFlag finish,
              InterruptFlag stop, InterruptFlag done);

  // In the thread.
  void Run();
  // One turn: waits, and does what can be done without waiting. False: it was
  // stopped, or has done with all.
  bool Turn();

  std::vector<std::unique_ptr<Channel>> channels_;
  InterruptFlag finish_;
  InterruptFlag stop_;
  InterruptFlag done_;
  bool is_finishing_ = false;  // the thread has seen finish_
  std::thread thread_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_STREAM_RELAY_H_
