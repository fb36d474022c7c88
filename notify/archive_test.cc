#include "notify/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/archive_library.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

std::string Latin1(const std::string& utf8) {
  std::string bytes;
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x80) {
      bytes += utf8[i];
    } else {
      const auto next = static_cast<unsigned char>(utf8[++i]);
      bytes += static_cast<char>((byte & 3) << 6 | (next & 0x3F));
    }
  }
  return bytes;
}

// As Python's zipfile and gzip see it: name -> content.
std::map<std::string, std::string> Entries(const std::string& kind,
                                           const std::string& path) {
  const nlohmann::json list =
      nlohmann::json::parse(TestFolder::Run(absl::StrCat(
          "python3 notify/testing/read_archive.py ", kind, " ", path)));
  std::map<std::string, std::string> entries;
  for (const nlohmann::json& entry : list) {
    entries[entry[0].get<std::string>()] = Latin1(entry[1].get<std::string>());
  }
  EXPECT_EQ(entries.size(), list.size()) << "a name stands there twice";
  return entries;
}

// Compresses to about half of its size. Where it is compared, EXPECT_EQ would
// take hours and gigabytes to show a difference.
std::string Noise(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 28);
  }
  return bytes;
}

TEST(Gzip, GivesTheBytesBack) {
  const TestFolder folder;
  const std::string content = Noise(300000) + std::string("\xFF\x00\r\n", 4);
  const std::string in = folder.Write("in", content);
  ASSERT_EQ(GzipFile(in, folder / "out"), absl::OkStatus());
  EXPECT_TRUE(Entries("gzip", folder / "out")[""] == content);
  EXPECT_LT(fs::file_size(folder / "out"), content.size());
}

TEST(Gzip, IsTheSameForTheSameContent) {
  const TestFolder folder;
  const std::string a = folder.Write("a", "text");
  const std::string b = folder.Write("b", "text");
  fs::last_write_time(
      a, fs::file_time_type::clock::now() - std::chrono::hours(24 * 400));
  ASSERT_TRUE(GzipFile(a, folder / "a.gz").ok());
  ASSERT_TRUE(GzipFile(b, folder / "b.gz").ok());
  const std::string bytes = TestFolder::Read(folder / "a.gz");
  EXPECT_EQ(bytes, TestFolder::Read(folder / "b.gz"));
  EXPECT_EQ(bytes.substr(4, 4), std::string(4, '\0')) << "a time is stored";
}

TEST(Gzip, OfAnEmptyFileIsEmpty) {
  const TestFolder folder;
  ASSERT_TRUE(GzipFile(folder.Write("in", ""), folder / "out").ok());
  EXPECT_EQ(Entries("gzip", folder / "out")[""], "");
}

TEST(Gzip, IsForItsOwnerAlone) {
  const TestFolder folder;
  ASSERT_TRUE(GzipFile(folder.Write("in", "x"), folder / "out").ok());
  struct stat file_stat;
  ASSERT_EQ(stat((folder / "out").c_str(), &file_stat), 0);
  EXPECT_EQ(file_stat.st_mode & 0777, 0600u);
}

TEST(Gzip, DoesNotWriteThroughALink) {
  const TestFolder folder;
  const std::string in = folder.Write("in", "x");
  const std::string victim = folder.Write("victim", "untouched");
  fs::create_symlink(victim, folder / "out");
  EXPECT_FALSE(GzipFile(in, folder / "out").ok());
  EXPECT_EQ(TestFolder::Read(victim), "untouched");
}

TEST(Archive, DoesNotWaitForAFifo) {
  const TestFolder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(GzipFile(folder / "fifo", folder / "out")));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ZipFile(folder / "fifo", "fifo", folder / "out")));
  EXPECT_FALSE(ZipDirectory(folder / "fifo", "fifo", folder / "out").ok());
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST(Archive, NamesWhatIsMissing) {
  const TestFolder folder;
  const absl::Status status = GzipFile(folder / "none", folder / "out");
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_TRUE(absl::StrContains(status.message(), folder / "none"));
  EXPECT_TRUE(absl::IsNotFound(
      ZipDirectory(folder / "none", "none", folder / "out").status()));
}

TEST(Archive, IsNotMadeWhereItsFolderIsMissing) {
  const TestFolder folder;
  EXPECT_TRUE(
      absl::IsNotFound(GzipFile(folder.Write("in", "x"), folder / "none/out")));
}

TEST(Archive, StaysWithinItsLimitOrIsGone) {
  const TestFolder folder;
  const std::string in = folder.Write("in", Noise(4 << 20));
  ArchiveLimits limits;
  limits.max_bytes = 1 << 20;
  EXPECT_TRUE(absl::IsResourceExhausted(GzipFile(in, folder / "out", limits)));
  EXPECT_TRUE(
      absl::IsResourceExhausted(ZipFile(in, "in", folder / "out", limits)));
  EXPECT_FALSE(fs::exists(folder / "out"));
  limits.max_bytes = 4 << 20;
  ASSERT_TRUE(GzipFile(in, folder / "out", limits).ok());
  // The limit is that of the archive: exactly its size suffices.
  limits.max_bytes = static_cast<int64_t>(fs::file_size(folder / "out"));
  EXPECT_TRUE(GzipFile(in, folder / "again", limits).ok());
  --limits.max_bytes;
  EXPECT_FALSE(GzipFile(in, folder / "again", limits).ok());
}

TEST(Archive, StopsWhenItIsTold) {
  const TestFolder folder;
  const std::string in = folder.Write("in", Noise(1 << 20));
  int asked = 0;
  ArchiveLimits limits;
  limits.should_stop = [&] { return ++asked == 3; };
  EXPECT_TRUE(absl::IsCancelled(GzipFile(in, folder / "out", limits)));
  EXPECT_EQ(asked, 3);
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST(Archive, TakesAFileThatGrowsAsItWasAtTheStart) {
  const TestFolder folder;
  const std::string content = Noise((1 << 20) + 5);
  ArchiveLimits limits;
  const std::string in = folder.Write("in", content);
  limits.should_stop = [&] {
    std::ofstream(in, std::ios::app) << "more";
    return false;
  };
  ASSERT_TRUE(ZipFile(in, "in", folder / "out", limits).ok());
  EXPECT_TRUE(Entries("zip", folder / "out")["in"] == content);
  folder.Write("in", content);
  ASSERT_TRUE(GzipFile(in, folder / "out", limits).ok());
  EXPECT_TRUE(Entries("gzip", folder / "out")[""] == content);
}

TEST(Archive, TakesWhatIsLeftOfAFileThatShrinks) {
  const TestFolder folder;
  const std::string in = folder.Write("in", Noise(1 << 20));
  ArchiveLimits limits;
  limits.should_stop = [&] {
    fs::resize_file(in, 64 << 10);
    return false;
  };
  ASSERT_TRUE(ZipFile(in, "in", folder / "out.zip", limits).ok());
  EXPECT_TRUE(Entries("zip", folder / "out.zip")["in"].substr(0, 64 << 10) ==
              Noise(64 << 10));
  EXPECT_LE(Entries("zip", folder / "out.zip")["in"].size(), 128u << 10);
  TestFolder::Run(absl::StrCat("unzip -tqq ", folder / "out.zip"));
}

TEST(ZipFile, KeepsANameInUtf8) {
  const TestFolder folder;
  const std::string in = folder.Write("in", "hello");
  const std::string name = "d\xC3\xA9p\xC3\xB4t \xF0\x9F\x98\x80.txt";
  ASSERT_EQ(ZipFile(in, name, folder / "out.zip"), absl::OkStatus());
  EXPECT_EQ(Entries("zip", folder / "out.zip"),
            (std::map<std::string, std::string>{{name, "hello"}}));
  TestFolder::Run(absl::StrCat("unzip -tqq ", folder / "out.zip"));
}

TEST(ZipFile, ReplacesWhatIsNotUtf8InANameOnly) {
  const TestFolder folder;
  const std::string in = folder.Write("in", "\xFF\xFE");
  ASSERT_TRUE(ZipFile(in,
                      "a\xFF"
                      "b",
                      folder / "out.zip")
                  .ok());
  EXPECT_EQ(Entries("zip", folder / "out.zip"),
            (std::map<std::string, std::string>{{"a\xEF\xBF\xBD"
                                                 "b",
                                                 "\xFF\xFE"}}));
}

TEST(ZipFile, FollowsALinkToTheFile) {
  const TestFolder folder;
  fs::create_symlink(folder.Write("in", "x"), folder / "link");
  ASSERT_TRUE(ZipFile(folder / "link", "link", folder / "out.zip").ok());
  EXPECT_EQ(Entries("zip", folder / "out.zip")["link"], "x");
}

TEST(ZipDirectory, HoldsAllThatIsBelow) {
  const TestFolder folder;
  fs::create_directories(folder / "d/sub/empty");
  folder.Write("d/a", "1");
  folder.Write("d/sub/\xC3\xA4", "2");
  folder.Write("d/none", "");
  const auto left_out = ZipDirectory(folder / "d", "logs", folder / "o.zip");
  ASSERT_EQ(left_out.status(), absl::OkStatus());
  EXPECT_TRUE(left_out->empty());
  EXPECT_EQ(Entries("zip", folder / "o.zip"),
            (std::map<std::string, std::string>{{"logs/", ""},
                                                {"logs/a", "1"},
                                                {"logs/none", ""},
                                                {"logs/sub/", ""},
                                                {"logs/sub/empty/", ""},
                                                {"logs/sub/\xC3\xA4", "2"}}));
  TestFolder::Run(
      absl::StrCat("unzip -qq ", folder / "o.zip", " -d ", folder / "again"));
  EXPECT_TRUE(fs::is_directory(folder / "again/logs/sub/empty"));
  EXPECT_TRUE(absl::StrContains(
      TestFolder::Run(absl::StrCat("unzip -Z ", folder / "o.zip")), "\ndrwx"));
}

TEST(ZipDirectory, NeverFollowsALinkOut) {
  const TestFolder folder;
  folder.Write("secret", "secret");
  fs::create_directories(folder / "outside");
  folder.Write("outside/secret", "secret");
  fs::create_directories(folder / "d");
  fs::create_symlink(folder / "secret", folder / "d/file");
  fs::create_symlink(folder / "outside", folder / "d/folder");
  fs::create_symlink(".", folder / "d/itself");
  ASSERT_EQ(mkfifo((folder / "d/fifo").c_str(), 0600), 0);
  const auto left_out = ZipDirectory(folder / "d", "d", folder / "o.zip");
  ASSERT_TRUE(left_out.ok());
  EXPECT_TRUE(left_out->empty());
  EXPECT_EQ(Entries("zip", folder / "o.zip"),
            (std::map<std::string, std::string>{{"d/", ""}}));
}

TEST(ZipDirectory, ReportsWhatIsTooDeepAndHoldsTheRest) {
  const TestFolder folder;
  std::string deep = folder / "d";
  for (int i = 0; i < 70; ++i) deep += "/s";
  fs::create_directories(deep);
  folder.Write("d/a", "1");
  const auto left_out = ZipDirectory(folder / "d", "d", folder / "o.zip");
  ASSERT_TRUE(left_out.ok());
  EXPECT_EQ(left_out->size(), 1u);
  EXPECT_EQ(Entries("zip", folder / "o.zip")["d/a"], "1");
  EXPECT_EQ(Entries("zip", folder / "o.zip").size(), 1u + 64u);
}

// Unless who runs the test may read everything.
TEST(ZipDirectory, ReportsWhatMayNotBeReadAndHoldsTheRest) {
  const TestFolder folder;
  fs::create_directories(folder / "d");
  folder.Write("d/a", "1");
  for (int i = 0; i < 25; ++i) {
    const std::string name = absl::StrCat("d/closed", i);
    ASSERT_EQ(chmod(folder.Write(name, "x").c_str(), 0), 0);
  }
  if (access((folder / "d/closed0").c_str(), R_OK) == 0) {
    GTEST_SKIP() << "no file is closed to this user";
  }
  const auto left_out = ZipDirectory(folder / "d", "d", folder / "o.zip");
  ASSERT_TRUE(left_out.ok());
  ASSERT_EQ(left_out->size(), 21u);
  EXPECT_EQ(left_out->at(0), "read d/closed0: Permission denied");
  EXPECT_EQ(left_out->back(), "and 5 more");
  EXPECT_EQ(Entries("zip", folder / "o.zip").size(), 2u);
}

TEST(ArchiveLibrary, NamesThePackageThatIsMissing) {
  const absl::Status status =
      ArchiveLibrary::Open("libarchive-none.so.13").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_TRUE(absl::StrContains(status.message(), "libarchive13")) << status;
}

TEST(ArchiveLibrary, RefusesALibraryWithoutItsFunctions) {
  const absl::Status status = ArchiveLibrary::Open("libm.so.6").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_TRUE(absl::StrContains(status.message(), "archive_error_string"));
}

}  // namespace
}  // namespace dirwatcher
