#include "logging/fd_byte_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;

// A pipe or a pair of connected sockets; both ends are closed at the end.
class Channel {
 public:
  enum class Kind { kPipe, kSocket };

  explicit Channel(Kind kind) {
    signal(SIGPIPE, SIG_IGN);
    int fds[2];
    const int result = kind == Kind::kPipe
                           ? pipe2(fds, O_CLOEXEC)
                           : socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    EXPECT_EQ(result, 0);
    read_fd_ = fds[0];
    write_fd_ = fds[1];
  }
  ~Channel() {
    CloseReader();
    CloseWriter();
  }

  int write_fd() const { return write_fd_; }
  void CloseReader() { Close(&read_fd_); }
  void CloseWriter() { Close(&write_fd_); }

  // Reads `n` bytes, or up to the end if the writer is closed.
  std::string Read(size_t n) {
    std::string bytes(n, '\0');
    size_t got = 0;
    while (got < n) {
      const ssize_t r = read(read_fd_, &bytes[got], n - got);
      if (r <= 0) break;
      got += static_cast<size_t>(r);
    }
    bytes.resize(got);
    return bytes;
  }

 private:
  static void Close(int* fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
  }

  int read_fd_;
  int write_fd_;
};

std::string Lines(size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) {
    text += std::to_string(i);
    text += '\n';
  }
  return text;
}

FdByteSinkOptions Patience(absl::Duration patience) {
  FdByteSinkOptions options;
  options.patience = patience;
  return options;
}

class FdByteSinkTest : public testing::TestWithParam<Channel::Kind> {};

INSTANTIATE_TEST_SUITE_P(PipeAndSocket, FdByteSinkTest,
                         testing::Values(Channel::Kind::kPipe,
                                         Channel::Kind::kSocket),
                         [](const auto& param) {
                           return param.param == Channel::Kind::kPipe
                                      ? "Pipe"
                                      : "Socket";
                         });

TEST_P(FdByteSinkTest, WritesMoreThanTheChannelHoldsToAReaderThatReads) {
  Channel channel(GetParam());
  FdByteSink sink(channel.write_fd(), "out");
  const std::string text = Lines(1 << 20);
  std::string read_back;
  std::thread reader([&] { read_back = channel.Read(text.size()); });
  const WriteResult result = sink.Write(text);
  reader.join();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.written_bytes, text.size());
  EXPECT_EQ(read_back, text);
}

TEST_P(FdByteSinkTest, WaitsForTheReaderOfANonBlockingDescriptor) {
  Channel channel(GetParam());
  fcntl(channel.write_fd(), F_SETFL, O_NONBLOCK);
  FdByteSink sink(channel.write_fd(), "out");
  const std::string text = Lines(1 << 20);
  std::string read_back;
  std::thread reader([&] { read_back = channel.Read(text.size()); });
  const WriteResult result = sink.Write(text);
  reader.join();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(read_back, text);
}

TEST_P(FdByteSinkTest, ClosedReaderIsAnErrorAndNotTheEnd) {
  Channel channel(GetParam());
  channel.CloseReader();
  FdByteSink sink(channel.write_fd(), "standard output");
  const WriteResult result = sink.Write("x\n");
  EXPECT_EQ(result.written_bytes, 0);
  EXPECT_THAT(result.status.ToString(),
              HasSubstr("write to standard output: Broken pipe"));
}

TEST_P(FdByteSinkTest, GivesUpOnAReaderThatStandsStillAndSaysHowFarItGot) {
  Channel channel(GetParam());
  FdByteSink sink(channel.write_fd(), "out", Patience(absl::Milliseconds(1)));
  const std::string text = Lines(1 << 20);
  const WriteResult result = sink.Write(text);
  EXPECT_TRUE(absl::IsDeadlineExceeded(result.status)) << result.status;
  EXPECT_GT(result.written_bytes, 0);
  EXPECT_LT(result.written_bytes, text.size());
  EXPECT_EQ(channel.Read(result.written_bytes),
            text.substr(0, result.written_bytes));
}

TEST_P(FdByteSinkTest, DoesNotWaitAgainForAReaderThatStillStandsStill) {
  Channel channel(GetParam());
  FdByteSink sink(channel.write_fd(), "out", Patience(absl::Milliseconds(200)));
  const std::string text = Lines(1 << 20);
  EXPECT_FALSE(sink.Write(text).status.ok());
  const absl::Time start = absl::Now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(sink.Write("more\n").status));
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));  // not 100 times 200 ms
}

TEST_P(FdByteSinkTest, WorksAgainWhenTheReaderGoesOn) {
  Channel channel(GetParam());
  FdByteSink sink(channel.write_fd(), "out", Patience(absl::Milliseconds(1)));
  const WriteResult stuck = sink.Write(Lines(1 << 20));
  channel.Read(stuck.written_bytes);
  EXPECT_TRUE(sink.Write("again\n").status.ok());
  EXPECT_EQ(channel.Read(6), "again\n");
}

TEST_P(FdByteSinkTest, PendingEndSignalEndsAnEndlessWait) {
  for (const int number : {SIGINT, SIGTERM}) {
    sigset_t set;
    sigset_t before;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    raise(number);

    Channel channel(GetParam());
    FdByteSink sink(channel.write_fd(), "out");
    const WriteResult result = sink.Write(Lines(1 << 20));
    EXPECT_TRUE(absl::IsCancelled(result.status)) << result.status;

    int taken = 0;
    EXPECT_EQ(sigwait(&set, &taken), 0);  // the write left it pending
    EXPECT_EQ(taken, number);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
}

TEST_P(FdByteSinkTest, WaitsOnlyALittleForAReaderWhenTheProgramIsToEnd) {
  Channel channel(GetParam());
  FdByteSinkOptions options;
  options.is_ending = [] { return true; };
  options.last_patience = absl::Milliseconds(1);
  FdByteSink sink(channel.write_fd(), "out", options);
  const WriteResult result = sink.Write(Lines(1 << 20));
  EXPECT_TRUE(absl::IsCancelled(result.status)) << result.status;
  EXPECT_GT(result.written_bytes, 0u);
}

TEST(FdByteSink, ATerminalThatNobodyReadsIsGivenUpToo) {
  const int reader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_EQ(grantpt(reader), 0);
  ASSERT_EQ(unlockpt(reader), 0);
  const int terminal = open(ptsname(reader), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  FdByteSink sink(terminal, "out", Patience(absl::Milliseconds(1)));
  const WriteResult result = sink.Write(Lines(1 << 20));
  EXPECT_TRUE(absl::IsDeadlineExceeded(result.status)) << result.status;
  EXPECT_GT(result.written_bytes, 0u);
  EXPECT_EQ(fcntl(terminal, F_GETFL) & O_NONBLOCK, 0) << "others have it too";
  close(terminal);
  close(reader);
}

TEST(FdByteSink, FullDiskIsAnError) {
  const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  FdByteSink sink(fd, "out");
  const WriteResult result = sink.Write("x\n");
  EXPECT_EQ(result.written_bytes, 0);
  EXPECT_TRUE(absl::IsResourceExhausted(result.status)) << result.status;
  close(fd);
}

TEST(FdByteSink, ClosedDescriptorIsAnError) {
  Channel channel(Channel::Kind::kPipe);
  const int closed = dup(channel.write_fd());
  close(closed);
  FdByteSink sink(closed, "out");
  EXPECT_THAT(sink.Write("x\n").status.ToString(),
              HasSubstr("Bad file descriptor"));
}

TEST(FdByteSink, WritingNothingSucceeds) {
  FdByteSink sink(-1, "out");
  EXPECT_TRUE(sink.Write("").status.ok());
}

}  // namespace
}  // namespace dirwatcher
