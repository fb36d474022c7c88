// TestCertificates: a certificate for a server of a test, and the authority
// that vouches for it, made anew with openssl(1). Testonly.

#ifndef DIRWATCHER_ENV_TESTING_TEST_CERTIFICATES_H_
#define DIRWATCHER_ENV_TESTING_TEST_CERTIFICATES_H_

#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace dirwatcher {

// Immutable. Its files stay in the folder.
class TestCertificates {
 public:
  // Writes files whose names begin with `stem` into `folder`. `names` is what
  // the server is called, like "DNS:localhost,IP:127.0.0.1". A failure of the
  // test if that cannot be done. REQUIRES: nothing in them means anything to a
  // shell.
  TestCertificates(const std::string& folder, const std::string& stem,
                   const std::string& names)
      : base_(folder + "/" + stem) {
    const std::string key_kind =
        " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";
    Run("openssl req -x509 -days 30 -subj /CN=TestCA" + key_kind + "-keyout " +
        base_ + "-ca-key.pem -out " + ca());
    Run("openssl req -subj /CN=TestServer" + key_kind + "-keyout " + key() +
        " -out " + base_ + "-request.pem");
    Run("printf subjectAltName=" + names + " > " + base_ + "-names");
    Run("openssl x509 -req -days 30 -in " + base_ + "-request.pem -CA " + ca() +
        " -CAkey " + base_ + "-ca-key.pem -CAcreateserial -extfile " + base_ +
        "-names -out " + certificate());
  }

  std::string ca() const { return base_ + "-ca.pem"; }
  std::string certificate() const { return base_ + "-cert.pem"; }
  std::string key() const { return base_ + "-key.pem"; }

 private:
  static void Run(const std::string& command) {
    EXPECT_EQ(std::system((command + " 2>/dev/null").c_str()), 0) << command;
  }

  const std::string base_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_TESTING_TEST_CERTIFICATES_H_
