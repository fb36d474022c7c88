// PosixActionHost: gives actions this process's output, time and children.

#ifndef DIRWATCHER_SIGNALS_POSIX_ACTION_HOST_H_
#define DIRWATCHER_SIGNALS_POSIX_ACTION_HOST_H_

#include <mutex>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/interrupt_flag.h"
#include "env/program.h"
#include "logging/byte_sink.h"
#include "signals/action.h"

namespace dirwatcher {

// Thread-safe.
class PosixActionHost : public ActionHost {
 public:
  // Lines go to `out`, which must outlive this. Who else writes to it needs a
  // LockedByteSink.
  PosixActionHost(ByteSink* out, InterruptFlag interrupt)
      : out_(*out), interrupt_(std::move(interrupt)) {}

  void Print(absl::string_view line) override;
  bool Wait(absl::Duration duration) override;
  absl::StatusOr<ProgramEnd> Run(const Program& program) override;
  bool interrupted() const override { return interrupt_.raised(); }

  // The program ends: waits return, no action begins any more, and programs are
  // asked to end.
  void Interrupt() { interrupt_.Raise(); }

  // The program ends now: programs are killed, too, and no more are started.
  void Kill() {
    Interrupt();
    groups_.KillAll();
  }

 private:
  std::mutex mutex_;  // guards out_
  ByteSink& out_;
  InterruptFlag interrupt_;
  ProgramGroups groups_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_POSIX_ACTION_HOST_H_
