#include "supervise/stream_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kDeadlineMs = 60'000;

// Bytes that repeat nowhere near.
std::string SomeBytes(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& each : bytes) {
    state = state * 1664525 + 1013904223;
    each = static_cast<char>(state >> 24);
  }
  return bytes;
}

bool WaitUntil(int fd, short events) {
  struct pollfd poll_fd = {fd, events, 0};
  return poll(&poll_fd, 1, kDeadlineMs) > 0;
}

void WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    ASSERT_GT(n, 0);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

std::string ReadToEnd(int fd) {
  std::string result;
  char buffer[10'000];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
    result.append(buffer, static_cast<size_t>(n));
  }
  return result;
}

class StreamRelayTest : public testing::Test {
 protected:
  StreamRelayTest() {
    signal(SIGPIPE, SIG_IGN);
    int fds[2];
    EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
    reader_ = UniqueFd(fds[0]);
    output_ = UniqueFd(fds[1]);
  }

  void Start(int output_fd) {
    RelayPipe pipe = *RelayPipe::Create();
    command_ = std::move(pipe.write_end);
    std::vector<RelayedStream> streams;
    streams.push_back(Relayed(std::move(pipe.read_end), output_fd));
    relay_ = *StreamRelay::Start(std::move(streams));
  }
  RelayedStream Relayed(UniqueFd input, int output_fd) {
    return {std::move(input), output_fd,
            [this](absl::string_view bytes) {
              seen_.append(bytes.data(), bytes.size());
            },
            [this](int error) { lost_.push_back(error); }};
  }
  void Start() { Start(output_.get()); }

  void CloseCommand() { command_ = UniqueFd(); }

  // Waits for its thread, too, with which it shares what it has seen.
  bool Ends() {
    const bool ended = WaitUntil(relay_->done_fd(), POLLIN);
    relay_ = nullptr;
    return ended;
  }

  // Writes until nobody takes anything any more. Returns how much was taken.
  size_t FillUp() {
    fcntl(command_.get(), F_SETFL, O_NONBLOCK);
    const std::string bytes(64 * 1024, 'x');
    size_t taken = 0;
    for (;;) {
      const ssize_t n = write(command_.get(), bytes.data(), bytes.size());
      if (n > 0) {
        taken += static_cast<size_t>(n);
      } else {
        // The relay may have taken some meanwhile, but not for ever.
        struct pollfd poll_fd = {command_.get(), POLLOUT, 0};
        if (poll(&poll_fd, 1, 200) == 0) return taken;
      }
    }
  }

  UniqueFd reader_;   // of what the relay writes
  UniqueFd output_;   // where it does
  UniqueFd command_;  // the command's end
  std::string seen_;
  std::vector<int> lost_;
  std::unique_ptr<StreamRelay> relay_;  // goes first: it uses the others
};

TEST_F(StreamRelayTest, PassesEveryByteOnAndShowsIt) {
  Start();
  const std::string bytes = SomeBytes(5'000'000);
  std::thread command([&] {
    WriteAll(command_.get(), bytes);
    CloseCommand();
  });
  std::thread closer([&] {
    EXPECT_TRUE(Ends());
    output_ = UniqueFd();
  });
  EXPECT_TRUE(ReadToEnd(reader_.get()) == bytes);
  command.join();
  closer.join();
  EXPECT_TRUE(seen_ == bytes);
  EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(StreamRelayTest, WritesToWhatOthersMadeNonBlocking) {
  fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  Start();
  const std::string bytes = SomeBytes(3'000'000);
  std::thread command([&] {
    WriteAll(command_.get(), bytes);
    CloseCommand();
    EXPECT_TRUE(Ends());
    output_ = UniqueFd();
  });
  EXPECT_TRUE(ReadToEnd(reader_.get()) == bytes);
  command.join();
}

TEST_F(StreamRelayTest, WritesToASocket) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  reader_ = UniqueFd(fds[0]);
  output_ = UniqueFd(fds[1]);
  Start();
  const std::string bytes = SomeBytes(3'000'000);
  std::thread command([&] {
    WriteAll(command_.get(), bytes);
    CloseCommand();
    EXPECT_TRUE(Ends());
    output_ = UniqueFd();
  });
  EXPECT_TRUE(ReadToEnd(reader_.get()) == bytes);
  command.join();
}

TEST_F(StreamRelayTest, LeavesTheFlagsOfTheOutputAlone) {
  const int flags = fcntl(output_.get(), F_GETFL);
  Start();
  WriteAll(command_.get(), "text");
  CloseCommand();
  ASSERT_TRUE(Ends());
  EXPECT_EQ(fcntl(output_.get(), F_GETFL), flags);
}

TEST_F(StreamRelayTest, AReaderThatStandsStillMakesTheCommandWait) {
  Start();
  const size_t taken = FillUp();
  EXPECT_GT(taken, size_t{64} * 1024);
  EXPECT_LE(taken, StreamRelay::kBufferBytes + 3 * 1024 * 1024);
  EXPECT_FALSE(relay_->done());
  // And goes on when it reads.
  std::thread command([&] {
    fcntl(command_.get(), F_SETFL, 0);
    WriteAll(command_.get(), "more");
    CloseCommand();
    EXPECT_TRUE(Ends());
    output_ = UniqueFd();
  });
  EXPECT_EQ(ReadToEnd(reader_.get()), std::string(taken, 'x') + "more");
  command.join();
}

TEST_F(StreamRelayTest, StopEndsTheWaitForAReaderThatStandsStill) {
  Start();
  FillUp();
  relay_->Finish();
  EXPECT_FALSE(relay_->done());
  relay_->Stop();
  EXPECT_TRUE(Ends());
}

TEST_F(StreamRelayTest, TheCommandIsToldAtOnceThatTheReaderHasGone) {
  Start();
  WriteAll(command_.get(), "text");
  ASSERT_TRUE(WaitUntil(reader_.get(), POLLIN));
  reader_ = UniqueFd();
  // Before anything else is written.
  ASSERT_TRUE(Ends());
  EXPECT_EQ(write(command_.get(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(StreamRelayTest, ASocketWhosePeerHasGoneIsAReaderThatHasGone) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  reader_ = UniqueFd(fds[0]);
  output_ = UniqueFd(fds[1]);
  Start();
  reader_ = UniqueFd();
  WriteAll(command_.get(), "text");
  ASSERT_TRUE(Ends());
  EXPECT_THAT(lost_, IsEmpty());
}

TEST_F(StreamRelayTest, FinishPassesOnWhatIsThereAndWaitsForNoOtherWriter) {
  Start();
  const std::string bytes = SomeBytes(500'000);
  std::thread reader([&] {
    std::string result;
    char buffer[1000];
    while (result.size() < bytes.size()) {
      const ssize_t n = read(reader_.get(), buffer, sizeof(buffer));
      ASSERT_GT(n, 0);
      result.append(buffer, static_cast<size_t>(n));
    }
    EXPECT_TRUE(result == bytes);
  });
  WriteAll(command_.get(), bytes);
  relay_->Finish();
  EXPECT_TRUE(Ends());  // though command_ is still open
  reader.join();
}

TEST_F(StreamRelayTest, FinishEndsThoughSomeoneWritesOnAndOn) {
  Start();
  std::atomic<bool> is_over{false};
  std::thread reader([&] {
    char buffer[10'000];
    while (!is_over && read(reader_.get(), buffer, sizeof(buffer)) > 0) {
    }
  });
  std::thread other([&] {
    while (write(command_.get(), "text\n", 5) > 0) {
    }
    EXPECT_EQ(errno, EPIPE);
  });
  ASSERT_TRUE(WaitUntil(reader_.get(), POLLIN));
  relay_->Finish();
  EXPECT_TRUE(Ends());
  other.join();
  is_over = true;
  output_ = UniqueFd();
  reader.join();
}

TEST_F(StreamRelayTest, AFullDiskCostsBytesAndIsToldOnce) {
  const UniqueFd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  Start(full.get());
  std::string all;
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = SomeBytes(200'000);
    WriteAll(command_.get(), bytes);
    all += bytes;
  }
  CloseCommand();
  ASSERT_TRUE(Ends());
  EXPECT_THAT(lost_, ElementsAre(ENOSPC));
  EXPECT_TRUE(seen_ == all);
}

TEST_F(StreamRelayTest, AnOutputThatWasNeverOpenTakesEverything) {
  const UniqueFd unwritable(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Start(unwritable.get());
  WriteAll(command_.get(), "text");
  CloseCommand();
  ASSERT_TRUE(Ends());
  EXPECT_THAT(lost_, IsEmpty());
  EXPECT_EQ(seen_, "text");
}

TEST_F(StreamRelayTest, EndsAtOnceIfNobodyReadsFromTheStart) {
  reader_ = UniqueFd();  // so the pipe cannot even be opened once more
  Start();
  EXPECT_TRUE(Ends());
  EXPECT_EQ(write(command_.get(), "x", 1), -1);
}

TEST_F(StreamRelayTest, LastWordsOnTheSecondStreamComeAfterTheFirst) {
  RelayPipe first = *RelayPipe::Create();
  RelayPipe second = *RelayPipe::Create();
  const UniqueFd nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
  // All is there before the relay is.
  const std::string bytes = SomeBytes(900'000);
  WriteAll(first.write_end.get(), bytes);
  WriteAll(second.write_end.get(), "last words");
  std::vector<RelayedStream> streams;
  streams.push_back(Relayed(std::move(first.read_end), nothing.get()));
  streams.push_back(Relayed(std::move(second.read_end), nothing.get()));
  relay_ = *StreamRelay::Start(std::move(streams));
  relay_->Finish();
  ASSERT_TRUE(Ends());
  EXPECT_TRUE(seen_ == bytes + "last words");
}

TEST_F(StreamRelayTest, AStreamWhoseReaderStandsStillHoldsUpNoOther) {
  Start();
  FillUp();  // as it is with one stream
  relay_ = nullptr;
  RelayPipe first = *RelayPipe::Create();
  RelayPipe second = *RelayPipe::Create();
  const UniqueFd nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
  std::vector<RelayedStream> streams;
  streams.push_back(Relayed(std::move(first.read_end), output_.get()));
  streams.push_back(Relayed(std::move(second.read_end), nothing.get()));
  command_ = std::move(first.write_end);
  seen_.clear();
  relay_ = *StreamRelay::Start(std::move(streams));
  WriteAll(command_.get(), "waits");
  std::thread other([&] {
    // Twice what its pipe can hold.
    WriteAll(second.write_end.get(), std::string(3'000'000, 'y'));
    second.write_end = UniqueFd();
  });
  other.join();
  EXPECT_FALSE(relay_->done());
  relay_ = nullptr;
}

}  // namespace
}  // namespace dirwatcher
