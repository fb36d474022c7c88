#include "notify/mail_attachments.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MailAttachmentsTest : public testing::Test {
 protected:
  MailAttachmentsTest() {
    std::filesystem::create_directory(out_);
    std::filesystem::create_directory(folder_ / "other");
  }

  MailAttachments Compress(const std::vector<Attachment>& attachments) const {
    return CompressAttachments(attachments, out_, [] { return false; });
  }

  Attachment File(const std::string& name, const std::string& content) const {
    const std::string path = folder_.Write(name, content);
    return {std::filesystem::path(name).filename(), path};
  }

  const TestFolder folder_;
  const std::string out_ = folder_ / "out";
};

TEST_F(MailAttachmentsTest, AreCompressed) {
  const MailAttachments result = Compress({File("job.log", "text")});
  ASSERT_EQ(result.files.size(), 1u);
  EXPECT_EQ(result.files[0].type, "application/gzip");
  EXPECT_THAT(result.files[0].disposition, HasSubstr("\"job.log.gz\""));
  EXPECT_EQ(TestFolder::Run("gzip -dc " + result.files[0].path), "text");
  EXPECT_THAT(result.notes, ElementsAre());
}

TEST_F(MailAttachmentsTest, HaveNamesOfTheirOwn) {
  const MailAttachments result =
      Compress({File("x", "1"), File("other/x", "2"), File("x.log", "3"),
                File("other/x.log", "4"), File("x-2", "5")});
  ASSERT_EQ(result.files.size(), 5u);
  EXPECT_THAT(result.files[0].disposition, HasSubstr("\"x.gz\""));
  EXPECT_THAT(result.files[1].disposition, HasSubstr("\"x-2.gz\""));
  EXPECT_THAT(result.files[2].disposition, HasSubstr("\"x.log.gz\""));
  EXPECT_THAT(result.files[3].disposition, HasSubstr("\"x-2.log.gz\""));
  EXPECT_THAT(result.files[4].disposition, HasSubstr("\"x-2-2.gz\""));
  EXPECT_EQ(TestFolder::Run("gzip -dc " + result.files[4].path), "5");
}

TEST_F(MailAttachmentsTest, SayWhatIsLeftOut) {
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  const MailAttachments result = Compress({File("empty", ""),
                                           {"a\nb", folder_ / "missing"},
                                           {"other", folder_ / "other"},
                                           {"fifo", folder_ / "fifo"}});
  EXPECT_TRUE(result.files.empty());
  EXPECT_THAT(
      result.notes,
      ElementsAre("Attachment \"empty\" was not sent: it is empty",
                  "Attachment \"a\\nb\" was not sent: it does not exist",
                  "Attachment \"other\" was not sent: it is a directory",
                  "Attachment \"fifo\" was not sent: it is not a regular "
                  "file"));
}

TEST_F(MailAttachmentsTest, LeaveOutWhatDoesNotFitAndTakeTheRest) {
  std::string noise(size_t{11} << 20, '\0');
  uint64_t state = 1;
  for (char& c : noise) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  const MailAttachments result = Compress(
      {File("first", noise), File("second", noise), File("small", "text")});
  ASSERT_EQ(result.files.size(), 2u);
  EXPECT_THAT(result.files[1].disposition, HasSubstr("\"small.gz\""));
  EXPECT_THAT(
      result.notes,
      ElementsAre(
          "Attachment \"second\" was not sent: it does not fit into the mail"));
}

TEST_F(MailAttachmentsTest, AreGivenUpWhenThereIsNoTime) {
  const MailAttachments result =
      CompressAttachments({File("a", "text")}, out_, [] { return true; });
  EXPECT_TRUE(result.files.empty());
  EXPECT_THAT(result.notes,
              ElementsAre("Attachment \"a\" was not sent: it takes too long to "
                          "compress"));
}

}  // namespace
}  // namespace dirwatcher
