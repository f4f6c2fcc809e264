/**
 * Encrypted data units and vehicles' signatures of GB/T 32960.3 (数据单元加密与车端签名), through the
 * algorithms of the JDK and, for SM2 to SM4, of whatever provider the program offers. The standard
 * names ciphers, but neither modes nor paddings: those are settings ({@link
 * org.roadloop.collect.gb32960.cipher.CipherRule}), and so is whether the mark before a signature
 * is signed ({@link org.roadloop.collect.gb32960.cipher.SignatureRule}).
 */
@NullMarked
package org.roadloop.collect.gb32960.cipher;

import org.jspecify.annotations.NullMarked;
