// FakeActionHost: a world for actions in which nothing takes time.

#ifndef DIRWATCHER_SIGNALS_FAKE_ACTION_HOST_H_
#define DIRWATCHER_SIGNALS_FAKE_ACTION_HOST_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "signals/action.h"

namespace dirwatcher {

// Thread-compatible, unlike the real one.
class FakeActionHost : public ActionHost {
 public:
  // What was printed since the last call.
  std::vector<std::string> TakeLines() { return std::exchange(lines_, {}); }

  // The waits and the programs so far.
  const std::vector<absl::Duration>& waits() const { return waits_; }
  const std::vector<Program>& programs() const { return programs_; }

  // From now on waits are interrupted, and actions do not begin.
  void Interrupt() { interrupted_ = true; }

  // What becomes of programs; without it they end well.
  void set_on_run(
      std::function<absl::StatusOr<ProgramEnd>(const Program&)> on_run) {
    on_run_ = std::move(on_run);
  }

  void Print(absl::string_view line) override { lines_.emplace_back(line); }

  bool Wait(absl::Duration duration) override {
    waits_.push_back(duration);
    return !interrupted_;
  }

  absl::StatusOr<ProgramEnd> Run(const Program& program) override {
    programs_.push_back(program);
    return on_run_ ? on_run_(program) : ProgramEnd();
  }

  bool interrupted() const override { return interrupted_; }

 private:
  std::vector<std::string> lines_;
  std::vector<absl::Duration> waits_;
  std::vector<Program> programs_;
  bool interrupted_ = false;
  std::function<absl::StatusOr<ProgramEnd>(const Program&)> on_run_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_FAKE_ACTION_HOST_H_
