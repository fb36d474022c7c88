#include "daemon/service_notifier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

// A service manager that listens at `name`: a path, or @name for an abstract
// socket.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(
        offsetof(struct sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(
        bind(fd_.get(), reinterpret_cast<struct sockaddr*>(&address), size), 0)
        << strerror(errno);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() { unsetenv("NOTIFY_SOCKET"); }

  std::vector<std::string> Received() const {
    std::vector<std::string> all;
    char buffer[4096];
    for (ssize_t n; (n = recv(fd_.get(), buffer, sizeof(buffer), 0)) >= 0;) {
      all.emplace_back(buffer, static_cast<size_t>(n));
    }
    return all;
  }

 private:
  const UniqueFd fd_;
};

class SystemdNotifierTest : public testing::TestWithParam<bool> {
 protected:
  SystemdNotifierTest() {
    // Short enough for a socket, unlike the folders of tests.
    std::string name = "/tmp/notify.XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
  }
  ~SystemdNotifierTest() override { std::filesystem::remove_all(dir_); }

  std::string SocketName() const {
    return absl::StrCat(GetParam() ? "@" : "", dir_, "/socket");
  }

  std::string dir_;
};

INSTANTIATE_TEST_SUITE_P(Sockets, SystemdNotifierTest, testing::Bool(),
                         [](const auto& param) {
                           return param.param ? "Abstract" : "Path";
                         });

TEST_P(SystemdNotifierTest, TellsTheManager) {
  const Manager manager(SocketName());
  SystemdNotifier notifier;
  notifier.Ready();
  notifier.Status("one\ntwo");
  notifier.Stopping();
  EXPECT_THAT(manager.Received(),
              ElementsAre("READY=1", "STATUS=one two", "STOPPING=1"));
}

TEST_P(SystemdNotifierTest, TellsWhenAReloadBegan) {
  const Manager manager(SocketName());
  SystemClock clock;
  const absl::Duration before = clock.Uptime();
  SystemdNotifier().Reloading();
  const absl::Duration after = clock.Uptime();
  const std::vector<std::string> received = manager.Received();
  ASSERT_EQ(received.size(), 1u);
  absl::string_view text = received[0];
  ASSERT_TRUE(absl::ConsumePrefix(&text, "RELOADING=1\nMONOTONIC_USEC="))
      << text;
  int64_t us;
  ASSERT_TRUE(absl::SimpleAtoi(text, &us));
  EXPECT_GE(absl::Microseconds(us + 1), before);
  EXPECT_LE(absl::Microseconds(us), after);
}

TEST(SystemdNotifier, WithoutAManagerItDoesNothing) {
  unsetenv("NOTIFY_SOCKET");
  SystemdNotifier notifier;
  notifier.Ready();
  setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
  notifier.Ready();
  setenv("NOTIFY_SOCKET", "nonsense", 1);
  notifier.Stopping();
  unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace dirwatcher
