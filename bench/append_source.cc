#include "bench/append_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/corpus.h"
#include "bench/process_run.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kNumberKey = "seq=";
constexpr size_t kNumberDigits = 9;
constexpr absl::Duration kReadyDeadline = absl::Seconds(30);

}  // namespace

std::string NumberedLine(int64_t number) {
  return absl::StrFormat(
      "2026-03-01T12:00:00.000000Z web-07 gateway[4711]: %s%09d status=504 "
      "path=/v1/i/4 %s\n",
      kNumberKey, number, kCorpusMagic);
}

void SetNumber(int64_t number, std::string* line) {
  size_t end =
      line->find(std::string(kNumberKey)) + kNumberKey.size() + kNumberDigits;
  for (size_t i = 0; i < kNumberDigits; ++i, number /= 10) {
    (*line)[--end] = static_cast<char>('0' + number % 10);
  }
}

absl::optional<int64_t> NumberIn(absl::string_view report) {
  const size_t key = report.find(kNumberKey);
  if (key == absl::string_view::npos) return absl::nullopt;
  const absl::string_view rest = report.substr(key + kNumberKey.size());
  // Behind a whole number stands a space.
  if (rest.size() <= kNumberDigits || rest[kNumberDigits] != ' ') {
    return absl::nullopt;
  }
  int64_t number = 0;
  for (size_t i = 0; i < kNumberDigits; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(rest[i]))) {
      return absl::nullopt;
    }
    number = number * 10 + (rest[i] - '0');
  }
  return number;
}

absl::Status AppendTo(const std::string& path, absl::string_view text) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return absl::ErrnoToStatus(errno, "open " + path);
  const bool good =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(fd);
  return good ? absl::OkStatus()
              : absl::ErrnoToStatus(error, "append to " + path);
}

absl::Status AwaitReady(const std::string& path, LineReader* reader) {
  const absl::Duration deadline = MonotonicNow() + kReadyDeadline;
  bool ready = false;
  const auto on_line = [&](absl::string_view line) {
    ready = ready || NumberIn(line) == kNumberLimit;
  };
  while (!ready) {
    if (MonotonicNow() > deadline) {
      return absl::DeadlineExceededError("reports nothing that is appended");
    }
    const absl::Status status = AppendTo(path, NumberedLine(kNumberLimit));
    if (!status.ok()) return status;
    const absl::Duration next = MonotonicNow() + absl::Milliseconds(200);
    while (!ready && WaitReadable({reader->fd()}, next - MonotonicNow())) {
      if (!reader->Read(on_line)) {
        return absl::UnavailableError("ended when it should have begun");
      }
    }
  }
  while (WaitReadable({reader->fd()}, absl::Milliseconds(500))) {
    if (!reader->Read(on_line)) break;
  }
  return absl::OkStatus();
}

}  // namespace dirwatcher
