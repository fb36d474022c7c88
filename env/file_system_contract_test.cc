// Runs the contract on what this project has: the fake, the fault injector
// without faults, and the machine's own file system, on disk and in memory.

#include "env/file_system_contract.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "env/posix_file_system.h"
#include "env/unique_fd.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

FakeFileSystemOptions WithBirthTimes() {
  FakeFileSystemOptions options;
  options.record_birth_times = true;
  return options;
}

class FakeWorld : public FileSystemWorld {
 public:
  explicit FakeWorld(const FakeFileSystemOptions& options = {})
      : disk_(options) {
    disk_.CreateDirectory(root());
  }

  FileSystem* fs() override { return &disk_; }
  std::string root() const override { return "/some/root"; }

  void CreateDirectory(const std::string& name) override {
    disk_.CreateDirectory(At(name));
  }
  void Write(const std::string& name, absl::string_view content) override {
    disk_.Write(At(name), content);
  }
  void Append(const std::string& name, absl::string_view bytes) override {
    disk_.Append(At(name), bytes);
  }
  void WriteAt(const std::string& name, int64_t offset_bytes,
               absl::string_view bytes) override {
    disk_.WriteAt(At(name), offset_bytes, bytes);
  }
  void Truncate(const std::string& name, int64_t size_bytes) override {
    disk_.Truncate(At(name), size_bytes);
  }
  void Rename(const std::string& from, const std::string& to) override {
    disk_.Rename(At(from), At(to));
  }
  void Link(const std::string& from, const std::string& to) override {
    disk_.Link(At(from), At(to));
  }
  void Symlink(const std::string& target, const std::string& name) override {
    disk_.Symlink(target, At(name));
  }
  void MakeFifo(const std::string& name) override { disk_.MakeFifo(At(name)); }
  void MakeSocket(const std::string& name) override { MakeFifo(name); }
  void Remove(const std::string& name) override { disk_.Remove(At(name)); }
  void SetReadable(const std::string& name, bool readable) override {
    disk_.SetReadable(At(name), readable);
  }
  void SetModificationTime(const std::string& name, absl::Time mtime) override {
    disk_.SetModificationTime(At(name), mtime);
  }
  void PassTime() override { disk_.AdvanceTime(absl::Milliseconds(4)); }
  void AsUnprivilegedUser(absl::FunctionRef<void()> action) override {
    action();
  }

 private:
  std::string At(const std::string& name) const {
    return absl::StrCat(root(), "/", name);
  }

  FakeFileSystem disk_;
};

class FaultyWorld : public FakeWorld {
 public:
  FileSystem* fs() override { return &faulty_; }

 private:
  FaultyFileSystem faulty_{FakeWorld::fs()};
};

class PosixWorld : public FileSystemWorld {
 public:
  // A new directory below `parent`; null if it cannot be made.
  static std::unique_ptr<FileSystemWorld> In(const std::string& parent) {
    std::string path = absl::StrCat(parent, "/contract-XXXXXX");
    if (mkdtemp(&path[0]) == nullptr) return nullptr;
    auto world = std::make_unique<PosixWorld>(path);
    Check(chmod(path.c_str(), 0755), "chmod");
    return world;
  }

  explicit PosixWorld(std::string path)
      : path_(std::move(path)),
        fd_(open(path_.c_str(), O_RDONLY | O_DIRECTORY)) {
    Check(fd_.get(), "open");
  }
  ~PosixWorld() override {
    Check(std::system(absl::StrCat("rm -rf '", path_, "'").c_str()), "rm");
  }

  FileSystem* fs() override { return &fs_; }
  std::string root() const override { return path_; }

  void CreateDirectory(const std::string& name) override {
    Check(mkdirat(dir(), name.c_str(), 0755), "mkdir");
  }
  void Write(const std::string& name, absl::string_view content) override {
    WriteWith(name, O_TRUNC, 0, content);
  }
  void Append(const std::string& name, absl::string_view bytes) override {
    WriteWith(name, O_APPEND, 0, bytes);
  }
  void WriteAt(const std::string& name, int64_t offset_bytes,
               absl::string_view bytes) override {
    WriteWith(name, 0, offset_bytes, bytes);
  }
  void Truncate(const std::string& name, int64_t size_bytes) override {
    const UniqueFd fd(openat(dir(), name.c_str(), O_WRONLY | O_CLOEXEC));
    Check(ftruncate(fd.get(), size_bytes), "truncate");
  }
  void Rename(const std::string& from, const std::string& to) override {
    Check(renameat(dir(), from.c_str(), dir(), to.c_str()), "rename");
  }
  void Link(const std::string& from, const std::string& to) override {
    Check(linkat(dir(), from.c_str(), dir(), to.c_str(), 0), "link");
  }
  void Symlink(const std::string& target, const std::string& name) override {
    Check(symlinkat(target.c_str(), dir(), name.c_str()), "symlink");
  }
  void MakeFifo(const std::string& name) override {
    Check(mkfifoat(dir(), name.c_str(), 0644), "mkfifo");
  }
  void MakeSocket(const std::string& name) override {
    // By way of /proc, as a socket's path may have at most 107 bytes.
    const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof(address.sun_path),
                  "/proc/self/fd/%d/%s", dir(), name.c_str());
    Check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
               sizeof(address)),
          "bind");
  }
  void Remove(const std::string& name) override {
    if (unlinkat(dir(), name.c_str(), 0) == 0) return;
    Check(unlinkat(dir(), name.c_str(), AT_REMOVEDIR), "remove");
  }
  void SetReadable(const std::string& name, bool readable) override {
    Check(fchmodat(dir(), name.c_str(), readable ? 0755 : 0, 0), "chmod");
  }
  void SetModificationTime(const std::string& name, absl::Time mtime) override {
    const timespec times[2] = {{0, UTIME_OMIT}, absl::ToTimespec(mtime)};
    Check(utimensat(dir(), name.c_str(), times, 0), "utimens");
  }

  // Stamps come from a coarse clock: until it has moved, try again.
  void PassTime() override {
    const auto stamp = [this] {
      WriteWith("clock", O_TRUNC, 0, "x");
      struct stat stat;
      Check(fstatat(dir(), "clock", &stat, 0), "stat");
      Remove("clock");
      return absl::TimeFromTimespec(stat.st_mtim);
    };
    const absl::Time before = stamp();
    while (stamp() == before) std::this_thread::yield();
  }

  // The user stays, but without the rights that let root read everything; they
  // belong to the thread, see capabilities(7).
  void AsUnprivilegedUser(absl::FunctionRef<void()> action) override {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct all[_LINUX_CAPABILITY_U32S_3];
    Check(syscall(SYS_capget, &header, all), "capget");
    __user_cap_data_struct bound[_LINUX_CAPABILITY_U32S_3];
    std::copy(std::begin(all), std::end(all), bound);
    bound[0].effective &= ~(1u << CAP_DAC_OVERRIDE);
    bound[0].effective &= ~(1u << CAP_DAC_READ_SEARCH);
    Check(syscall(SYS_capset, &header, bound), "capset");
    action();
    Check(syscall(SYS_capset, &header, all), "capset");
  }

 private:
  static void Check(long result, const char* what) {
    if (result >= 0) return;
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::abort();
  }

  int dir() const { return fd_.get(); }

  void WriteWith(const std::string& name, int flags, int64_t offset_bytes,
                 absl::string_view bytes) {
    const UniqueFd fd(openat(dir(), name.c_str(),
                             O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644));
    Check(fd.get(), "open");
    Check(pwrite(fd.get(), bytes.data(), bytes.size(), offset_bytes), "write");
  }

  const std::string path_;
  const UniqueFd fd_;
  PosixFileSystem fs_;
};

INSTANTIATE_TEST_SUITE_P(
    Implementations, FileSystemContract,
    ::testing::Values(
        FileSystemWorldFactory{"Fake",
                               [] { return std::make_unique<FakeWorld>(); }},
        FileSystemWorldFactory{
            "FakeWithBirthTimes",
            [] { return std::make_unique<FakeWorld>(WithBirthTimes()); }},
        FileSystemWorldFactory{"FaultyWithoutFaults",
                               [] { return std::make_unique<FaultyWorld>(); }},
        FileSystemWorldFactory{
            "PosixOnDisk", [] { return PosixWorld::In(::testing::TempDir()); }},
        FileSystemWorldFactory{"PosixInMemory",
                               [] { return PosixWorld::In("/dev/shm"); }}),
    FileSystemWorldFactory::NameOf);

}  // namespace
}  // namespace dirwatcher
