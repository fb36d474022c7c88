// FdByteSink: writes to a descriptor that belongs to somebody else, such as
// standard output, without ever losing control to whoever reads from it.

#ifndef DIRWATCHER_LOGGING_FD_BYTE_SINK_H_
#define DIRWATCHER_LOGGING_FD_BYTE_SINK_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/nonblocking_output.h"
#include "logging/byte_sink.h"

namespace dirwatcher {

struct FdByteSinkOptions {
  // How long one Write waits in all for a reader that does not read. After a
  // wait that was in vain, Write does not wait any more until the descriptor
  // takes something again. Zero = never wait.
  absl::Duration patience = absl::InfiniteDuration();
  // Asked while it waits: whether the program is to end. It then waits no
  // longer than `last_patience`, however much of `patience` is left. May be
  // empty.
  std::function<bool()> is_ending;
  absl::Duration last_patience = absl::Milliseconds(500);
};

// Deals with everything that write(2) may answer: short writes and EINTR are
// gone on with; EAGAIN, which a descriptor that somebody made non-blocking
// gives, is waited out. A pipe, a socket or a terminal that is full is waited
// for too, and in a way that ends soon when the program is to end: when
// `is_ending` says so, or SIGINT or SIGTERM is pending, that is: blocked and
// not yet taken (signalfd(2)). So a reader that stands still, or a terminal
// that is stopped (^S), cannot keep a program from being stopped.
//
// A pipe or a terminal is opened once more for that, through /proc, so that it
// can be written to without blocking while everybody else who has it is left
// alone. Where that fails, a pipe is written to in small pieces, and a terminal
// may block.
//
// Thread-compatible. Needs SIGPIPE to be ignored by the process: EPIPE is then
// an error like others.
class FdByteSink : public ByteSink {
 public:
  // `fd` must outlive this and is not closed by it. `name` is what messages
  // call it: "standard output".
  FdByteSink(int fd, absl::string_view name, FdByteSinkOptions options = {});

  // Besides the errors of the descriptor:
  //   DEADLINE_EXCEEDED  nobody read for longer than `patience`
  //   CANCELLED          nobody read, and the program is to end
  WriteResult Write(absl::string_view bytes) override;

 private:
  // Waits until output_ takes bytes, fails, or waiting is over.
  absl::Status WaitUntilWritable(absl::Duration* patience) const;

  NonBlockingOutput output_;
  const std::string name_;
  const FdByteSinkOptions options_;
  // The last Write waited in vain.
  bool stalled_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_FD_BYTE_SINK_H_
