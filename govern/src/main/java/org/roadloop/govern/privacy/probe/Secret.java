package org.roadloop.govern.privacy.probe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Something about a person that must not leave (秘密), as it is written where it is at home.
 *
 * @param text at least {@link #LEAST_BITS} bits, so that none is found by chance
 */
public record Secret(Kind kind, String text) {
    /** With 10,000 secrets one in some 10<sup>6</sup> random windows would match at fewer. */
    static final double LEAST_BITS = 33;

    private static final String VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    private static final String PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
    private static final String PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
    private static final String SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹";
    private static final String DIGITS = "0123456789";

    /** First two digits of GB/T 2260 codes. */
    private static final String[] REGIONS =
            ("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62"
                            + " 63 64 65")
                    .split(" ", -1);

    /** What a secret is. */
    public enum Kind {
        /** Vehicle identification number with its check digit (GB 16735-2019, 车辆识别代号). */
        VIN,
        /** Number plate of a car with an engine (GA 36-2018, 号牌). */
        PLATE,
        /** Number plate of a new energy vehicle, one character longer (新能源号牌). */
        NEW_ENERGY_PLATE,
        /** Mobile telephone number, 11 digits (手机号). */
        PHONE,
        /** Citizen identification number with its check character (GB 11643-1999, 身份证号). */
        ID_NUMBER,
        /** Longitude in degrees with seven decimals, a centimetre (精确位置). */
        POSITION,
        /** Name of a driver, three characters (驾驶员姓名). */
        DRIVER_NAME
    }

    /**
     * Different secrets, all kinds in turn: number {@code i} is of kind {@code i mod 7}.
     *
     * @param count at most 1,000,000
     */
    public static List<Secret> seeded(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Secret> secrets = new LinkedHashSet<>();
        Kind[] kinds = Kind.values();
        while (secrets.size() < count) {
            Kind kind = kinds[secrets.size() % kinds.length];
            secrets.add(new Secret(kind, one(kind, random)));
        }
        return new ArrayList<>(secrets);
    }

    private static String one(Kind kind, SplittableRandom random) {
        return switch (kind) {
            case VIN -> vin(random);
            case PLATE -> plate(random) + draw(PLATE_LETTERS, 5, random);
            case NEW_ENERGY_PLATE ->
                    plate(random) + draw("DF", 1, random) + draw(PLATE_LETTERS, 5, random);
            case PHONE -> "1" + draw("3456789", 1, random) + draw(DIGITS, 9, random);
            case ID_NUMBER -> idNumber(random);
            case POSITION ->
                    (74 + random.nextInt(60))
                            + "."
                            + draw(DIGITS, 6, random)
                            + draw("123456789", 1, random);
            case DRIVER_NAME ->
                    draw(SURNAMES, 1, random)
                            + (char) (0x4E00 + random.nextInt(0x5000))
                            + (char) (0x4E00 + random.nextInt(0x5000));
        };
    }

    private static String plate(SplittableRandom random) {
        return draw(PROVINCES, 1, random) + draw("ABCDEFGHJKLMNPQRSTUVWXYZ", 1, random);
    }

    private static String draw(String from, int length, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(from.charAt(random.nextInt(from.length())));
        }
        return text.toString();
    }

    /** GB 16735-2019, annex A: weights 8..2, 10, 0, 9..2, modulo 11. */
    private static String vin(SplittableRandom random) {
        char[] vin = ("L" + draw(VIN_LETTERS, 16, random)).toCharArray();
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            int weight = i < 7 ? 8 - i : i == 7 ? 10 : i == 8 ? 0 : 18 - i;
            sum += weight * vinValue(vin[i]);
        }
        vin[8] = "0123456789X".charAt(sum % 11);
        return new String(vin);
    }

    private static int vinValue(char c) {
        int digit = "0123456789".indexOf(c);
        if (digit >= 0) {
            return digit;
        }
        int at = "ABCDEFGHJKLMNPRSTUVWXYZ".indexOf(c);
        return at < 8 ? at + 1 : at < 13 ? at - 7 : at == 13 ? 7 : at == 14 ? 9 : at - 13;
    }

    /** ISO 7064, MOD 11-2. */
    private static String idNumber(SplittableRandom random) {
        String body =
                String.format(
                        Locale.ROOT,
                        "%s%04d%d%02d%02d%03d",
                        REGIONS[random.nextInt(REGIONS.length)],
                        101 + random.nextInt(900),
                        1950 + random.nextInt(58),
                        1 + random.nextInt(12),
                        1 + random.nextInt(28),
                        random.nextInt(1000));
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum = (sum + body.charAt(i) - '0') * 2 % 11;
        }
        return body + "0123456789X".charAt((12 - sum) % 11);
    }

    /** Bits of a text of this length over the alphabet that its characters are of. */
    static double bits(String text) {
        double bits = 0;
        boolean letters = text.chars().anyMatch(c -> c < 128 && Character.isLetter(c));
        for (int i = 0; i < text.length(); i++) {
            bits += text.charAt(i) > 127 ? 12 : letters ? 5 : 3.33;
        }
        return bits;
    }
}
