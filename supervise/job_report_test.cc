#include "supervise/job_report.h"

#include <signal.h>

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

JobDescription Job() {
  JobDescription job;
  job.name = "backup";
  job.command = {"/usr/bin/backup", "--to", "a b", "it's", ""};
  job.host = "web1";
  job.user = "root";
  job.directory = "/root";
  job.attachments = {"/var/log/backup.log"};
  return job;
}

JobEnd End() {
  JobEnd end;
  end.exit_code = 3;
  end.start_time = absl::FromUnixSeconds(1'700'000'000);
  end.duration = absl::Milliseconds(62'345);
  end.user_time = absl::Milliseconds(1'200);
  end.system_time = absl::Milliseconds(30);
  end.peak_memory_bytes = 5 << 20;
  end.output_tail = "one\ntwo\t\\\n";
  return end;
}

TEST(JobReport, TellsWhatWhereWhenHowLongAndHowItEnded) {
  const MessageDetails details = JobReport(Job(), End());
  EXPECT_EQ(details.subject, "backup failed: exit code 3");
  EXPECT_EQ(details.message,
            "Command:     /usr/bin/backup --to 'a b' 'it'\\\\''s' ''\n"
            "Host:        web1\n"
            "User:        root\n"
            "Directory:   /root\n"
            "Result:      exit code 3\n"
            "Started:     2023-11-14 22:13:20 +0000\n"
            "Ended:       2023-11-14 22:14:22 +0000\n"
            "Took:        1m2.345s\n"
            "CPU time:    1.2s user, 30ms system\n"
            "Peak memory: 5.0 MiB\n"
            "\n"
            "The end of its output:\n"
            "\n"
            "one\ntwo\t\\\n");
  EXPECT_THAT(details.attachments, ElementsAre("/var/log/backup.log"));
}

TEST(JobReport, NamesSignalsAndCores) {
  JobEnd end = End();
  end.kind = JobEnd::Kind::kKilled;
  end.signal_number = SIGSEGV;
  end.core_dumped = true;
  const MessageDetails details = JobReport(Job(), end);
  EXPECT_EQ(details.subject,
            "backup failed: killed by signal 11 (SIGSEGV), core dumped");
}

TEST(JobReport, TellsOfSuccessAndOfTries) {
  JobEnd end = End();
  end.exit_code = 0;
  end.tries = 3;
  end.output_tail.clear();
  const MessageDetails details = JobReport(Job(), end);
  EXPECT_EQ(details.subject, "backup succeeded");
  EXPECT_THAT(details.message, HasSubstr("Tries:       3; this is about"));
  EXPECT_THAT(details.message, HasSubstr("It printed nothing."));
}

TEST(JobReport, HasNoFiguresOfWhatWasNotStarted) {
  JobEnd end = End();
  end.kind = JobEnd::Kind::kNotFound;
  end.start_error = "No such file or directory";
  end.output_tail.clear();
  const MessageDetails details = JobReport(Job(), end);
  EXPECT_EQ(details.subject, "backup failed: command not found");
  EXPECT_THAT(details.message, Not(HasSubstr("Peak memory")));
  EXPECT_THAT(details.message, Not(HasSubstr("printed")));
}

TEST(JobReport, TakesTheSubjectThatItIsGiven) {
  JobDescription job = Job();
  job.subject = "My \xF0\x9F\x98\x80";
  EXPECT_EQ(JobReport(job, End()).subject, "My \xF0\x9F\x98\x80");
}

TEST(JobReport, HasASubjectOfOneLineWhateverTheName) {
  JobDescription job = Job();
  job.name = "a\nBcc: x";
  EXPECT_EQ(JobReport(job, End()).subject, "a\\nBcc: x failed: exit code 3");
}

TEST(JobReport, IsARepeatIfNameAndEndAreTheSame) {
  JobEnd other = End();
  EXPECT_EQ(RepeatKey(Job(), End()), RepeatKey(Job(), other));
  other.exit_code = 4;
  EXPECT_NE(RepeatKey(Job(), End()), RepeatKey(Job(), other));
  JobEnd killed = End();
  killed.kind = JobEnd::Kind::kKilled;
  killed.signal_number = SIGKILL;
  JobEnd exited = End();
  exited.exit_code = 128 + SIGKILL;
  EXPECT_NE(RepeatKey(Job(), killed), RepeatKey(Job(), exited));
}

}  // namespace
}  // namespace dirwatcher
