#include "logging/system_log_sinks.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_record.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A service that listens at a path: a real socket of this machine.
class Service {
 public:
  explicit Service(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path.data(), path.size());
    unlink(path.c_str());
    const int result =
        bind(fd_.get(), reinterpret_cast<struct sockaddr*>(&address),
             sizeof(address));
    EXPECT_EQ(result, 0) << strerror(errno);
  }

  // The next datagram, or what stands in the file that came with it; empty:
  // there is none.
  std::string Receive() const {
    std::string bytes(1 << 20, '\0');
    struct iovec io = {&bytes[0], bytes.size()};
    alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct msghdr message = {};
    message.msg_iov = &io;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    const ssize_t n = recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
    if (n < 0) return "";
    bytes.resize(static_cast<size_t>(n));
    if (struct cmsghdr* const header = CMSG_FIRSTHDR(&message)) {
      int fd;
      memcpy(&fd, CMSG_DATA(header), sizeof(fd));
      const UniqueFd file(fd);
      EXPECT_NE(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE, 0);
      struct stat st;
      EXPECT_EQ(fstat(fd, &st), 0);
      bytes.resize(static_cast<size_t>(st.st_size));
      EXPECT_EQ(pread(fd, &bytes[0], bytes.size(), 0), st.st_size);
    }
    return bytes;
  }

  std::vector<std::string> ReceiveAll() const {
    std::vector<std::string> all;
    for (std::string one; !(one = Receive()).empty();) all.push_back(one);
    return all;
  }

 private:
  const UniqueFd fd_;
};

// The fields of the journal's protocol, read as its description says.
std::map<std::string, std::string> FieldsOf(absl::string_view datagram) {
  std::map<std::string, std::string> fields;
  while (!datagram.empty()) {
    const size_t end = datagram.find_first_of("=\n");
    const std::string name(datagram.substr(0, end));
    const bool has_length = datagram[end] == '\n';
    datagram.remove_prefix(end + 1);
    size_t size = datagram.find('\n');
    if (has_length) {
      size = 0;
      for (int i = 7; i >= 0; --i) {
        size = size << 8 | static_cast<unsigned char>(datagram[i]);
      }
      datagram.remove_prefix(8);
    }
    fields[name] = std::string(datagram.substr(0, size));
    EXPECT_EQ(datagram[size], '\n');
    datagram.remove_prefix(size + 1);
  }
  return fields;
}

class SystemLogSinksTest : public testing::Test {
 protected:
  SystemLogSinksTest()
      : path_(absl::StrCat(
                  "log.", getpid(), ".",
                  testing::UnitTest::GetInstance()->current_test_info()->name())
                  .substr(0, 60)) {
    // A relative path, as those of tests are too long for sockets.
    EXPECT_EQ(chdir(testing::TempDir().c_str()), 0);
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
  }
  ~SystemLogSinksTest() override { unlink(path_.c_str()); }

  static LogRecord Record(absl::string_view text,
                          LogLevel level = LogLevel::kWarning) {
    LogRecord record;
    record.level = level;
    record.time = absl::FromUnixSeconds(1675166405);
    record.file = "main.cc";
    record.line = 5;
    record.text = text;
    return record;
  }

  DatagramSink::OnLoss KeepsReasons() {
    return [this](const absl::Status& why) { reasons_.push_back(why); };
  }

  const std::string path_;
  std::vector<absl::Status> reasons_;
};

TEST_F(SystemLogSinksTest, SyslogGetsALineAsSyslog3WritesIt) {
  const Service service(path_);
  SyslogSink sink("backup", KeepsReasons(), path_);
  sink.Send(Record("Hello"));
  EXPECT_EQ(service.Receive(),
            absl::StrCat("<12>Jan 31 13:00:05 backup[", getpid(), "]: Hello"));
  EXPECT_THAT(reasons_, IsEmpty());
}

TEST_F(SystemLogSinksTest, ADayOfOneDigitHasABlankBeforeIt) {
  const Service service(path_);
  SyslogSink sink("backup", {}, path_);
  LogRecord record = Record("Hello");
  record.time = absl::FromUnixSeconds(1675252805);  // the next day
  sink.Send(record);
  EXPECT_THAT(service.Receive(), HasSubstr("<12>Feb  1 13:00:05 "));
}

TEST_F(SystemLogSinksTest, SyslogKnowsTheLevels) {
  const Service service(path_);
  SyslogSink sink("x", {}, path_);
  std::string priorities;
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError,
        LogLevel::kCritical}) {
    sink.Send(Record("Hello", level));
    priorities += service.Receive().substr(0, 4);
  }
  EXPECT_EQ(priorities, "<15><14><12><11><10>");
}

TEST_F(SystemLogSinksTest, TheJournalGetsItsFields) {
  const Service service(path_);
  JournaldSink sink("backup", {}, path_);
  sink.Send(Record("a = b", LogLevel::kError));
  const std::map<std::string, std::string> expected = {
      {"MESSAGE", "a = b"},
      {"PRIORITY", "3"},
      {"SYSLOG_IDENTIFIER", "backup"},
      {"CODE_FILE", "main.cc"},
      {"CODE_LINE", "5"},
  };
  EXPECT_EQ(FieldsOf(service.Receive()), expected);
}

TEST_F(SystemLogSinksTest, TheJournalGetsLinesInALine) {
  const Service service(path_);
  JournaldSink sink("backup", {}, path_);
  const std::string text = "one\nMESSAGE=two\n" + std::string(300, 'x');
  sink.Send(Record(text));
  EXPECT_EQ(FieldsOf(service.Receive())["MESSAGE"], text);
}

TEST_F(SystemLogSinksTest, LongMessagesArriveWhole) {
  const Service service(path_);
  const std::string text(150'000, 'x');
  SyslogSink syslog("backup", KeepsReasons(), path_);
  syslog.Send(Record(text));
  EXPECT_TRUE(absl::EndsWith(service.Receive(), "]: " + text));
  JournaldSink journal("backup", KeepsReasons(), path_);
  const std::string longer(40'000'000, 'y');
  journal.Send(Record(longer));
  EXPECT_EQ(FieldsOf(service.Receive())["MESSAGE"], longer);
  EXPECT_THAT(reasons_, IsEmpty());
}

TEST_F(SystemLogSinksTest, SyslogLosesWhatTheKernelRefuses) {
  const Service service(path_);
  SyslogSink sink("backup", KeepsReasons(), path_);
  sink.Send(Record(std::string(40'000'000, 'y')));
  ASSERT_EQ(reasons_.size(), 1u);
  EXPECT_TRUE(absl::IsResourceExhausted(reasons_[0]));
  sink.Send(Record("short"));
  EXPECT_THAT(service.ReceiveAll(), ElementsAre(HasSubstr("]: short")));
  EXPECT_EQ(sink.lost_records(), 1);
}

TEST_F(SystemLogSinksTest, AnAbsentServiceIsSaidOnceAndFoundWhenItComes) {
  SyslogSink sink("backup", KeepsReasons(), path_);
  sink.Send(Record("one"));
  sink.Send(Record("two"));
  ASSERT_EQ(reasons_.size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(reasons_[0]));
  EXPECT_THAT(std::string(reasons_[0].message()), HasSubstr(path_));
  EXPECT_EQ(sink.lost_records(), 2);
  {
    const Service service(path_);
    sink.Send(Record("three"));
    EXPECT_THAT(service.ReceiveAll(), ElementsAre(HasSubstr("three")));
  }
  sink.Send(Record("four"));
  EXPECT_EQ(reasons_.size(), 2u);
}

TEST_F(SystemLogSinksTest, ARestartedServiceIsFoundWithoutALoss) {
  auto service = std::make_unique<Service>(path_);
  JournaldSink sink("backup", KeepsReasons(), path_);
  sink.Send(Record("one"));
  service.reset();
  service = std::make_unique<Service>(path_);
  sink.Send(Record("two"));
  EXPECT_EQ(FieldsOf(service->Receive())["MESSAGE"], "two");
  EXPECT_EQ(sink.lost_records(), 0);
}

TEST_F(SystemLogSinksTest, AServiceThatDoesNotReadCostsRecordsAndNoTime) {
  const Service service(path_);
  SyslogSink sink("backup", KeepsReasons(), path_);
  for (int i = 0; i < 10'000; ++i) sink.Send(Record(absl::StrCat("n", i)));
  EXPECT_EQ(reasons_.size(), 1u);
  EXPECT_TRUE(absl::IsDeadlineExceeded(reasons_[0]));
  const size_t received = service.ReceiveAll().size();
  EXPECT_EQ(static_cast<int64_t>(received) + sink.lost_records(), 10'000);
  sink.Send(Record("again"));
  EXPECT_THAT(service.ReceiveAll(), ElementsAre(HasSubstr("again")));
}

TEST_F(SystemLogSinksTest, TwoThatWriteToASlowServiceLoseNothing) {
  const Service service(path_);
  constexpr int kRecords = 3000;
  std::atomic<int> writing{2};
  std::vector<std::thread> writers;
  std::atomic<int64_t> lost{0};
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      JournaldSink sink("backup", {}, path_);
      for (int n = 0; n < kRecords; ++n) sink.Send(Record("x"));
      lost += sink.lost_records();
      --writing;
    });
  }
  size_t received = 0;
  while (writing > 0) received += service.Receive().empty() ? 0 : 1;
  for (std::thread& writer : writers) writer.join();
  received += service.ReceiveAll().size();
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(received, size_t{2} * kRecords);
}

TEST_F(SystemLogSinksTest, AServiceThatReadsAgainIsWaitedForAgain) {
  const Service service(path_);
  JournaldSink sink("backup", {}, path_);
  while (sink.lost_records() == 0) sink.Send(Record("x"));
  EXPECT_FALSE(service.ReceiveAll().empty());
  const int64_t lost = sink.lost_records();
  std::atomic<bool> writing{true};
  std::thread writer([&] {
    for (int n = 0; n < 3000; ++n) sink.Send(Record("x"));
    writing = false;
  });
  while (writing) service.Receive();
  writer.join();
  EXPECT_EQ(sink.lost_records(), lost);
}

TEST_F(SystemLogSinksTest, APathThatIsTooLongForASocketIsSaid) {
  SyslogSink sink("backup", KeepsReasons(), "/" + std::string(200, 'p'));
  sink.Send(Record("one"));
  ASSERT_EQ(reasons_.size(), 1u);
  EXPECT_TRUE(absl::IsInvalidArgument(reasons_[0]));
}

}  // namespace
}  // namespace dirwatcher
