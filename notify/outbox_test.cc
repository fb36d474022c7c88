#include "notify/outbox.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"
#include "notify/message_handler.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Everybody who can be told, and what they were told.
class Recipients {
 public:
  // From now on `target` answers so.
  void Answer(const std::string& target, DeliveryResult result) {
    const std::lock_guard<std::mutex> lock(mutex_);
    answers_[target] = std::move(result);
  }

  // What happens while a message is accepted.
  void SetDuration(std::function<void()> pass) { pass_ = std::move(pass); }

  Dispatcher::Router Router() {
    return [this](const std::string& target) {
      if (target == "mute") {
        return Dispatcher::Route{
            "MUTE", absl::FailedPreconditionError("url is not set")};
      }
      return Dispatcher::Route{absl::StrCat("label of ", target),
                               std::make_unique<Handler>(this, target)};
    };
  }

  // What arrived at `target`, the last first.
  std::vector<OutgoingMessage> Told(const std::string& target) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return told_[target];
  }

 private:
  class Handler : public MessageHandler {
   public:
    Handler(Recipients* all, std::string target)
        : all_(*all), target_(std::move(target)) {}
    DeliveryResult Send(const OutgoingMessage& message,
                        const DeliveryAttempt&) override {
      const std::lock_guard<std::mutex> lock(all_.mutex_);
      const auto answer = all_.answers_.find(target_);
      if (answer != all_.answers_.end() &&
          answer->second.outcome != DeliveryOutcome::kDelivered) {
        return answer->second;
      }
      if (all_.pass_) all_.pass_();
      all_.told_[target_].push_back(message);
      return answer == all_.answers_.end() ? DeliveryResult::Delivered()
                                           : answer->second;
    }

   private:
    Recipients& all_;
    const std::string target_;
  };

  std::mutex mutex_;
  std::function<void()> pass_;
  std::map<std::string, DeliveryResult> answers_;
  std::map<std::string, std::vector<OutgoingMessage>> told_;
};

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() {
    std::string name = testing::TempDir() + "/outbox_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
  }
  ~OutboxTest() override { fs::remove_all(dir_); }

  // Another process with the same spool.
  std::unique_ptr<Outbox> Open(const std::string& spool = "spool") {
    OutboxOptions options;
    options.spool_dir = dir_ + "/" + spool;
    options.name = "job";
    options.version = "2";
    options.wait = [this](absl::Duration duration) {
      if (!waits_) return false;
      clock_.Advance(duration);
      return true;
    };
    options.dispatch.random = [] { return 0.5; };
    return std::make_unique<Outbox>(options, recipients_.Router(), &clock_,
                                    &logger_);
  }

  std::vector<std::string> Log() {
    std::vector<std::string> lines;
    for (const auto& [level, text] : logger_.TakeRecords()) {
      if (level >= LogLevel::kWarning) lines.push_back(text);
    }
    return lines;
  }

  static MessageDetails Details(const std::string& subject = "subject") {
    MessageDetails details;
    details.subject = subject;
    details.message = "text\n";
    return details;
  }

  std::string dir_;
  FakeClock clock_;
  FakeLogger logger_;
  Recipients recipients_;
  bool waits_ = true;
};

TEST_F(OutboxTest, TellsAllTargetsOneMessage) {
  const auto outbox = Open();
  outbox->Send(Details(), {"a", "b"}, RepeatRule());
  ASSERT_THAT(recipients_.Told("a"), SizeIs(1));
  ASSERT_THAT(recipients_.Told("b"), SizeIs(1));
  const OutgoingMessage message = recipients_.Told("a")[0];
  EXPECT_EQ(message.id, recipients_.Told("b")[0].id);
  EXPECT_THAT(message.id, testing::MatchesRegex("[0-9]+[.][0-9a-f]+@.+"));
  EXPECT_EQ(message.signature, "job version: 2");
  EXPECT_EQ(message.text, "text\n");
  EXPECT_THAT(*outbox->List(), IsEmpty());
  EXPECT_THAT(Log(), IsEmpty());
}

TEST_F(OutboxTest, KeepsWhatCannotBeSentForTheNextProcess) {
  recipients_.Answer("a", DeliveryResult::TryAgain("no connection"));
  Open()->Send(Details("first"), {"a", "b"}, RepeatRule());
  EXPECT_THAT(Log(), ElementsAre("Notification to label of a: no connection; "
                                 "next try in 1m at the earliest"));
  EXPECT_THAT(recipients_.Told("b"), SizeIs(1));
  const std::string id = recipients_.Told("b")[0].id;

  recipients_.Answer("a", DeliveryResult::Delivered());
  clock_.Advance(absl::Seconds(59));
  Open()->SendDue();
  EXPECT_THAT(recipients_.Told("a"), IsEmpty());
  clock_.Advance(absl::Seconds(1));
  Open()->Send(Details("second"), {"a"}, RepeatRule());
  ASSERT_THAT(recipients_.Told("a"), SizeIs(2));
  EXPECT_EQ(recipients_.Told("a")[0].subject, "second");  // its own goes first
  EXPECT_EQ(recipients_.Told("a")[1].id, id);
}

TEST_F(OutboxTest, FlushesWhatIsNotDueAndSaysWhatIsLeft) {
  recipients_.Answer("a", DeliveryResult::TryAgain("busy"));
  const auto outbox = Open();
  outbox->Send(Details(), {"a"}, RepeatRule());
  EXPECT_EQ(*outbox->Flush(), 1);
  recipients_.Answer("a", DeliveryResult::Delivered());
  EXPECT_EQ(*outbox->Flush(), 0);
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
}

TEST_F(OutboxTest, TriesNoMoreAtATargetThatFails) {
  recipients_.Answer("a", DeliveryResult::TryAgain("busy"));
  const auto outbox = Open();
  outbox->Send(Details("first"), {"a"}, RepeatRule());
  outbox->Send(Details("second"), {"a", "b"}, RepeatRule());
  ASSERT_EQ(*outbox->Flush(), 2);
  const auto list = *outbox->List();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].tries, 2);  // when it came, and by Flush
  EXPECT_EQ(list[1].tries, 1);
  EXPECT_THAT(recipients_.Told("b"), SizeIs(1));
}

TEST_F(OutboxTest, LeavesWhatWaitedToOthersIfItTakesTooLong) {
  recipients_.Answer("a", DeliveryResult::TryAgain("busy"));
  const auto outbox = Open();
  outbox->Send(Details("first"), {"a"}, RepeatRule());
  recipients_.Answer("a", DeliveryResult::Delivered());
  recipients_.SetDuration([this] { clock_.Advance(absl::Seconds(31)); });
  clock_.Advance(absl::Hours(1));
  outbox->Send(Details("second"), {"a"}, RepeatRule());
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_EQ(*outbox->Flush(), 0);  // which has the time
  EXPECT_THAT(recipients_.Told("a"), SizeIs(2));
}

TEST_F(OutboxTest, TellsTheOthersIfOneHasNoSecret) {
  const auto outbox = Open();
  outbox->Send(Details(), {"mute", "a"}, RepeatRule());
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_THAT(Log(), ElementsAre(HasSubstr("to MUTE: url is not set")));
  EXPECT_THAT(*outbox->List(), SizeIs(1));
}

TEST_F(OutboxTest, SendsThoughThereIsNoSpool) {
  std::ofstream(dir_ + "/file") << "x";
  recipients_.Answer("b", DeliveryResult::TryAgain("busy"));
  const auto outbox = Open("file/spool");
  outbox->Send(Details(), {"a", "b"}, RepeatRule());
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_THAT(Log(), ElementsAre(AllOf(HasSubstr("Cannot keep the message"),
                                       HasSubstr("file/spool"),
                                       HasSubstr("all the same")),
                                 HasSubstr("busy; it is lost")));
}

TEST_F(OutboxTest, PassesWarningsOn) {
  DeliveryResult result = DeliveryResult::Delivered();
  result.warnings = {"b@x was refused\n"};
  recipients_.Answer("a", result);
  Open()->Send(Details(), {"a"}, RepeatRule());
  EXPECT_THAT(Log(), ElementsAre("Notification to label of a: "
                                 "b@x was refused\\n"));
}

TEST_F(OutboxTest, CountsRepeatsUntilTheIntervalIsOver) {
  RepeatRule rule;
  rule.key = "k";
  rule.repeat_interval = absl::Minutes(10);
  const auto outbox = Open();
  for (int i = 0; i < 5; ++i) {
    outbox->Send(Details(absl::StrCat(i)), {"a"}, rule);
    clock_.Advance(absl::Minutes(1));
  }
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_EQ(*outbox->Flush(), 0);  // what is counted is not left
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
  clock_.Advance(absl::Minutes(5));
  EXPECT_EQ(*outbox->Flush(), 0);
  ASSERT_THAT(recipients_.Told("a"), SizeIs(2));
  EXPECT_EQ(recipients_.Told("a")[1].subject, "4");
  EXPECT_THAT(recipients_.Told("a")[1].text,
              HasSubstr("Repeated 4 times\n\ntext"));
}

TEST_F(OutboxTest, WaitsForOthersToJoin) {
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = absl::Seconds(5);
  const absl::Time start = clock_.Now();
  Open()->Send(Details(), {"a"}, rule);
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(5));
  ASSERT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_THAT(recipients_.Told("a")[0].text, Not(HasSubstr("Repeated")));
}

TEST_F(OutboxTest, LeavesItToOthersIfItCannotWait) {
  waits_ = false;
  RepeatRule rule;
  rule.key = "k";
  rule.group_wait = absl::Seconds(5);
  Open()->Send(Details(), {"a"}, rule);
  EXPECT_THAT(recipients_.Told("a"), IsEmpty());
  clock_.Advance(absl::Seconds(5));
  Open()->SendDue();
  EXPECT_THAT(recipients_.Told("a"), SizeIs(1));
}

TEST_F(OutboxTest, AttachesByTheLastPartOfThePath) {
  std::ofstream(dir_ + "/job.log") << "log";
  MessageDetails details = Details();
  details.Attach(dir_ + "/job.log");
  Open()->Send(details, {"a"}, RepeatRule());
  ASSERT_THAT(recipients_.Told("a"), SizeIs(1));
  EXPECT_EQ(recipients_.Told("a")[0].attachments[0].name, "job.log");
}

}  // namespace
}  // namespace dirwatcher
