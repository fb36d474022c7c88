#include "env/upload_file.h"

#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

std::string FileWith(const std::string& content) {
  std::string path = testing::TempDir() + "/upload-XXXXXX";
  const int fd = mkstemp(path.data());
  EXPECT_GE(fd, 0);
  close(fd);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string ReadAll(UploadFile* file, size_t chunk) {
  std::string all;
  std::string buffer(chunk, '\0');
  for (ssize_t n; (n = file->Read(buffer.data(), chunk)) > 0;) {
    all.append(buffer, 0, static_cast<size_t>(n));
  }
  return all;
}

TEST(UploadFile, GivesTheSameBytesInAnyChunks) {
  const std::string path = FileWith("0123456789");
  for (size_t chunk = 1; chunk <= 12; ++chunk) {
    absl::StatusOr<UploadFile> file = UploadFile::Open(path);
    ASSERT_EQ(file.status(), absl::OkStatus());
    EXPECT_EQ(file->size_bytes(), 10);
    EXPECT_EQ(ReadAll(&*file, chunk), "0123456789");
    file->Seek(7);
    EXPECT_EQ(ReadAll(&*file, chunk), "789");
    EXPECT_EQ(file->status(), absl::OkStatus());
  }
}

TEST(UploadFile, SendsNothingOfWhatItGrowsBy) {
  const std::string path = FileWith("old");
  absl::StatusOr<UploadFile> file = UploadFile::Open(path);
  ASSERT_TRUE(file.ok());
  std::ofstream(path, std::ios::app) << "new";
  EXPECT_EQ(ReadAll(&*file, 100), "old");
}

TEST(UploadFile, SaysThatItBecameShorter) {
  const std::string path = FileWith("0123456789");
  absl::StatusOr<UploadFile> file = UploadFile::Open(path);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(truncate(path.c_str(), 4), 0);
  char buffer[100];
  EXPECT_EQ(file->Read(buffer, sizeof(buffer)), 4);
  EXPECT_EQ(file->Read(buffer, sizeof(buffer)), -1);
  EXPECT_EQ(file->status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace dirwatcher
