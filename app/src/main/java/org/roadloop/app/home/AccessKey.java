package org.roadloop.app.home;

/**
 * What an object storage knows us by (访问密钥).
 *
 * @param key secret
 */
public record AccessKey(String id, String key) {
    /**
     * Reads it from a secret of two lines: the key's id, and the key.
     *
     * @param group of the configuration, for an error
     */
    public static AccessKey read(Home home, String secret, String group) {
        String[] lines = home.secret(secret).split("\\R");
        if (lines.length != 2) {
            throw new IllegalArgumentException(
                    "secret '"
                            + secret
                            + "' of "
                            + group
                            + " has "
                            + lines.length
                            + " lines; write the access key's id, and on the next line the key");
        }
        return new AccessKey(lines[0].strip(), lines[1].strip());
    }

    @Override
    public String toString() {
        return "access key";
    }
}
