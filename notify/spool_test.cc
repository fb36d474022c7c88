#include "notify/spool.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class SpoolTest : public testing::Test {
 protected:
  SpoolTest() {
    std::string name = testing::TempDir() + "/spool_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    work_dir_ = name;
    dir_ = work_dir_ + "/spool";
  }
  ~SpoolTest() override { fs::remove_all(work_dir_); }

  std::unique_ptr<Spool> Open() const {
    auto spool = Spool::Open(dir_, kNow);
    EXPECT_TRUE(spool.ok()) << spool.status();
    return *std::move(spool);
  }

  std::string MakeFile(const std::string& name, const std::string& text) const {
    const std::string path = work_dir_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  static OutgoingMessage Message(const std::string& id) {
    OutgoingMessage message;
    message.id = id;
    message.time = kNow;
    message.host = "here";
    message.signature = "job version: 1";
    message.subject = "subject";
    message.text = std::string("a\0b\xFF\n", 5);
    return message;
  }

  static int64_t OnlyDelivery(Spool* spool) {
    const auto list = *spool->List();
    EXPECT_THAT(list, SizeIs(1));
    return list.front().id;
  }

  static std::vector<std::string> Targets(Spool* spool) {
    std::vector<std::string> targets;
    const auto list = *spool->List();
    for (const QueuedDelivery& each : list) {
      targets.push_back(each.target);
    }
    return targets;
  }

  std::string work_dir_;
  std::string dir_;
};

TEST_F(SpoolTest, GivesAMessageBackAsItWas) {
  OutgoingMessage message = Message("m1@here");
  ASSERT_TRUE(Open()->Add(message, {"t"}, RepeatRule(), kNow).ok());
  const auto spool = Open();  // another process
  const auto claimed = *spool->Claim(OnlyDelivery(spool.get()));
  ASSERT_TRUE(claimed.has_value());
  EXPECT_EQ(claimed->message.id, "m1@here");
  EXPECT_EQ(claimed->message.time, kNow);
  EXPECT_EQ(claimed->message.host, "here");
  EXPECT_EQ(claimed->message.signature, "job version: 1");
  EXPECT_EQ(claimed->message.subject, "subject");
  EXPECT_EQ(claimed->message.text, message.text);
  EXPECT_EQ(claimed->target, "t");
  EXPECT_EQ(claimed->tries, 0);
}

TEST_F(SpoolTest, IsForItsUserOnly) {
  Open();
  struct stat status;
  ASSERT_EQ(stat(dir_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(SpoolTest, HasADeliveryForEachTargetOnce) {
  const auto spool = Open();
  ASSERT_TRUE(
      spool->Add(Message("m"), {"a", "b", "a"}, RepeatRule(), kNow).ok());
  EXPECT_THAT(Targets(spool.get()), ElementsAre("a", "b"));
}

TEST_F(SpoolTest, ForgetsWhatIsDeliveredAndKeepsTheRest) {
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(Message("m"), {"a", "b"}, RepeatRule(), kNow).ok());
  const int64_t first = spool->List()->front().id;
  ASSERT_TRUE((*spool->Claim(first)).has_value());
  ASSERT_TRUE(spool->NoteDelivered(first).ok());
  EXPECT_THAT(Targets(spool.get()), ElementsAre("b"));
  EXPECT_FALSE((*spool->Claim(first)).has_value());
}

TEST_F(SpoolTest, LetsNoTwoClaimOneDelivery) {
  const auto spool = Open();
  const auto other_process = Open();
  ASSERT_TRUE(spool->Add(Message("m"), {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(spool.get());
  ASSERT_TRUE((*spool->Claim(id)).has_value());
  EXPECT_FALSE((*spool->Claim(id)).has_value());
  EXPECT_FALSE((*other_process->Claim(id)).has_value());
  ASSERT_TRUE(spool->NoteFailed(id, "no", kNow).ok());
  EXPECT_TRUE((*other_process->Claim(id)).has_value());
}

TEST_F(SpoolTest, GivesUpTheClaimOfAProcessThatIsGone) {
  auto dead = Open();
  ASSERT_TRUE(dead->Add(Message("m"), {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(dead.get());
  ASSERT_TRUE((*dead->Claim(id)).has_value());
  dead.reset();
  EXPECT_TRUE((*Open()->Claim(id)).has_value());
}

TEST_F(SpoolTest, KeepsWhatWentWrongAndHowFarItCame) {
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(Message("m"), {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(spool.get());
  ASSERT_TRUE((*spool->Claim(id)).has_value());
  ASSERT_TRUE(spool->SaveProgress(id, "part 3").ok());
  const absl::Time next = kNow + absl::Minutes(1);
  ASSERT_TRUE(spool->NoteFailed(id, "no connection", next).ok());
  const QueuedDelivery queued = spool->List()->front();
  EXPECT_EQ(queued.tries, 1);
  EXPECT_EQ(queued.next_try, next);
  EXPECT_EQ(queued.last_error, "no connection");
  EXPECT_EQ((*spool->Claim(id))->progress, "part 3");
}

TEST_F(SpoolTest, AttachesFilesAsTheyWereWhenTheMessageWasWritten) {
  const std::string path = MakeFile("job.log", "then");
  OutgoingMessage message = Message("m");
  message.attachments = {{"job.log", path}, {"gone", work_dir_ + "/gone"}};
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(message, {"t"}, RepeatRule(), kNow).ok());
  fs::remove(path);
  const int64_t id = OnlyDelivery(spool.get());
  const auto attachments = (*spool->Claim(id))->message.attachments;
  ASSERT_THAT(attachments, SizeIs(2));
  EXPECT_EQ(attachments[0].name, "job.log");
  EXPECT_EQ(ReadAll(attachments[0].path), "then");
  EXPECT_EQ(attachments[1].path, work_dir_ + "/gone");
  ASSERT_TRUE(spool->NoteDelivered(id).ok());
  EXPECT_FALSE(fs::exists(attachments[0].path));
}

TEST_F(SpoolTest, AttachesFolders) {
  fs::create_directories(work_dir_ + "/logs/deep");
  MakeFile("logs/deep/a", "A");
  fs::create_symlink("/etc", work_dir_ + "/logs/link");
  OutgoingMessage message = Message("m");
  message.attachments = {{"logs", work_dir_ + "/logs"}};
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(message, {"t"}, RepeatRule(), kNow).ok());
  const auto claimed = *spool->Claim(OnlyDelivery(spool.get()));
  const std::string copy = claimed->message.attachments[0].path;
  EXPECT_THAT(copy, StartsWith(dir_));
  EXPECT_EQ(ReadAll(copy + "/deep/a"), "A");
  EXPECT_FALSE(fs::exists(fs::symlink_status(copy + "/link")));
}

TEST_F(SpoolTest, PutsAwayWhatIsRefusedForGood) {
  OutgoingMessage message = Message("m");
  message.attachments = {{"job.log", MakeFile("job.log", "content")}};
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(message, {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(spool.get());
  ASSERT_TRUE((*spool->Claim(id)).has_value());
  ASSERT_TRUE(spool->NoteRefused(id, "550 no such user", kNow).ok());
  EXPECT_THAT(*spool->List(), IsEmpty());
  std::vector<std::string> dead;
  for (const auto& entry : fs::directory_iterator(dir_ + "/dead")) {
    dead.push_back(entry.path());
  }
  ASSERT_THAT(dead, SizeIs(1));
  const auto json = nlohmann::json::parse(ReadAll(dead[0] + "/message.json"));
  EXPECT_EQ(json["message_id"], "m");
  EXPECT_EQ(json["target"], "t");
  EXPECT_EQ(json["reason"], "550 no such user");
  EXPECT_EQ(json["subject"], "subject");
  EXPECT_EQ(json["attachments"], nlohmann::json({"job.log"}));
  EXPECT_EQ(ReadAll(dead[0] + "/files/0"), "content");
}

TEST_F(SpoolTest, KeepsWhatCannotBePutAway) {
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(Message("m"), {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(spool.get());
  MakeFile("spool/dead", "no folder");
  ASSERT_TRUE((*spool->Claim(id)).has_value());
  EXPECT_FALSE(spool->NoteRefused(id, "550", kNow).ok());
  EXPECT_TRUE((*spool->Claim(id)).has_value());
}

TEST_F(SpoolTest, PutsAwayAgainWhatAProcessThatIsGonePutAway) {
  const auto spool = Open();
  ASSERT_TRUE(spool->Add(Message("m"), {"t"}, RepeatRule(), kNow).ok());
  const int64_t id = OnlyDelivery(spool.get());
  fs::create_directories(dir_ + "/dead/" + std::to_string(id) + "-m");
  MakeFile("spool/dead/" + std::to_string(id) + "-m/message.json", "{}");
  ASSERT_TRUE((*spool->Claim(id)).has_value());
  EXPECT_TRUE(spool->NoteRefused(id, "550", kNow).ok());
  EXPECT_THAT(*spool->List(), IsEmpty());
}

TEST_F(SpoolTest, HasNoCopiesOfWhatAMessageThatWasTakenInHadAttached) {
  const auto spool = Open();
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = absl::Seconds(5);
  ASSERT_TRUE(spool->Add(Message("m1"), {"t"}, rule, kNow).ok());
  OutgoingMessage joining = Message("m2");
  joining.attachments = {{"f", MakeFile("f", "content")}};
  ASSERT_TRUE(spool->Add(joining, {"t"}, rule, kNow).ok());
  EXPECT_FALSE(fs::exists(dir_ + "/files/m2"));
}

TEST_F(SpoolTest, SaysForHowManyAMessageStands) {
  const auto spool = Open();
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = absl::Seconds(5);
  const auto first = *spool->Add(Message("m1"), {"a"}, rule, kNow);
  // Another process, which tells somebody else, too.
  ASSERT_TRUE(Open()->Add(Message("m2"), {"b", "a"}, rule, kNow).ok());
  EXPECT_FALSE((*spool->Claim(spool->List()->front().id)).has_value());
  ASSERT_TRUE(spool->Release(first.message, kNow + absl::Seconds(5)).ok());
  EXPECT_THAT(Targets(spool.get()), ElementsAre("a", "b"));
  const auto claimed = *spool->Claim(spool->List()->front().id);
  EXPECT_EQ(claimed->message.id, "m1");
  EXPECT_THAT(claimed->message.text, HasSubstr("Repeated 2 times"));
}

TEST_F(SpoolTest, SendsWhatAProcessThatIsGoneCollected) {
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = absl::Seconds(5);
  ASSERT_TRUE(Open()->Add(Message("m1"), {"a"}, rule, kNow).ok());
  const auto spool = Open();
  ASSERT_TRUE(spool->ReleaseExpired(kNow + absl::Seconds(4)).ok());
  EXPECT_EQ(spool->List()->front().state, DeliveryState::kCollecting);
  ASSERT_TRUE(spool->ReleaseExpired(kNow + absl::Seconds(5)).ok());
  EXPECT_EQ(spool->List()->front().state, DeliveryState::kReady);
}

TEST_F(SpoolTest, RemovesTheFilesOfMessagesThatNeverCame) {
  Open();
  const std::string stray = dir_ + "/files/stray@here";
  fs::create_directories(stray);
  ASSERT_TRUE(Spool::Open(dir_, absl::Now()).ok());
  EXPECT_TRUE(fs::exists(stray));  // it may be about to come
  ASSERT_TRUE(Spool::Open(dir_, absl::Now() + absl::Hours(2)).ok());
  EXPECT_FALSE(fs::exists(stray));
}

TEST_F(SpoolTest, SaysThatItCannotBeMade) {
  MakeFile("file", "");
  const auto spool = Spool::Open(work_dir_ + "/file/spool", kNow);
  ASSERT_FALSE(spool.ok());
  EXPECT_THAT(std::string(spool.status().message()), HasSubstr("/file/spool"));
}

TEST_F(SpoolTest, IsNotTakenForADatabaseThatItIsNot) {
  fs::create_directories(dir_);
  MakeFile("spool/queue.db", std::string(4096, 'x'));
  EXPECT_FALSE(Spool::Open(dir_, kNow).ok());
}

}  // namespace
}  // namespace dirwatcher
