package dev.pogo.util;

/**
 * Makes a stack overflow occur where it does no harm: before the first step of an operation that
 * cannot be undone. Each method has a frame as large as the most stack that the operation may need
 * in the interpreter, whose frames are the largest.
 *
 * <p>The frame consists of local variables that are never used. The interpreter really allocates
 * it. Compiled code does not, but touches the stack for it at the method's entry, because it may
 * have to continue in the interpreter from the branch that is never taken. If the method is
 * inlined, this happens at the entry of the method that contains it. Either way the overflow occurs
 * before anything has happened, at the cost of a few stores in compiled code.
 *
 * <p>One thing can still overflow afterwards: a virtual thread that yields or parks is copied by
 * native code, which may need as much stack as there is to copy. So a thread that waits leaves
 * everything in order, whatever ends the wait.
 */
@SuppressWarnings("UnusedVariable") // they exist for the space that they take
public final class StackProbe {
    /** Never changed. The compiler does not know that, and so does not remove the branch. */
    private static boolean never;

    private StackProbe() {}

    /**
     * Ensures that 8 KB of stack are left.
     *
     * @throws StackOverflowError if they are not
     */
    public static void ensureRoom() {
        if (never) {
            throw new StackOverflowError();
        }
        long aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap;
        long aq, ar, as, at, au, av, aw, ax, ay, az, a0, a1, a2, a3, a4, a5;
        long a6, a7, a8, a9, ba, bb, bc, bd, be, bf, bg, bh, bi, bj, bk, bl;
        long bm, bn, bo, bp, bq, br, bs, bt, bu, bv, bw, bx, by, bz, b0, b1;
        long b2, b3, b4, b5, b6, b7, b8, b9, ca, cb, cc, cd, ce, cf, cg, ch;
        long ci, cj, ck, cl, cm, cn, co, cp, cq, cr, cs, ct, cu, cv, cw, cx;
        long cy, cz, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, da, db, dc, dd;
        long de, df, dg, dh, di, dj, dk, dl, dm, dn, dp, dq, dr, ds, dt, du;
        long dv, dw, dx, dy, dz, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, ea;
        long eb, ec, ed, ee, ef, eg, eh, ei, ej, ek, el, em, en, eo, ep, eq;
        long er, es, et, eu, ev, ew, ex, ey, ez, e0, e1, e2, e3, e4, e5, e6;
        long e7, e8, e9, fa, fb, fc, fd, fe, ff, fg, fh, fi, fj, fk, fl, fm;
        long fn, fo, fp, fq, fr, fs, ft, fu, fv, fw, fx, fy, fz, f0, f1, f2;
        long f3, f4, f5, f6, f7, f8, f9, ga, gb, gc, gd, ge, gf, gg, gh, gi;
        long gj, gk, gl, gm, gn, go, gp, gq, gr, gs, gt, gu, gv, gw, gx, gy;
        long gz, g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, ha, hb, hc, hd, he;
        long hf, hg, hh, hi, hj, hk, hl, hm, hn, ho, hp, hq, hr, hs, ht, hu;
        long hv, hw, hx, hy, hz, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, ia;
        long ib, ic, id, ie, ig, ih, ii, ij, ik, il, im, in, io, ip, iq, ir;
        long is, it, iu, iv, iw, ix, iy, iz, i0, i1, i2, i3, i4, i5, i6, i7;
        long i8, i9, ja, jb, jc, jd, je, jf, jg, jh, ji, jj, jk, jl, jm, jn;
        long jo, jp, jq, jr, js, jt, ju, jv, jw, jx, jy, jz, j0, j1, j2, j3;
        long j4, j5, j6, j7, j8, j9, ka, kb, kc, kd, ke, kf, kg, kh, ki, kj;
        long kk, kl, km, kn, ko, kp, kq, kr, ks, kt, ku, kv, kw, kx, ky, kz;
        long k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, la, lb, lc, ld, le, lf;
        long lg, lh, li, lj, lk, ll, lm, ln, lo, lp, lq, lr, ls, lt, lu, lv;
        long lw, lx, ly, lz, l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, ma, mb;
        long mc, md, me, mf, mg, mh, mi, mj, mk, ml, mm, mn, mo, mp, mq, mr;
        long ms, mt, mu, mv, mw, mx, my, mz, m0, m1, m2, m3, m4, m5, m6, m7;
        long m8, m9, na, nb, nc, nd, ne, nf, ng, nh, ni, nj, nk, nl, nm, nn;
        long no, np, nq, nr, ns, nt, nu, nv, nw, nx, ny, nz, n0, n1, n2, n3;
        long n4, n5, n6, n7, n8, n9, oa, ob, oc, od, oe, of, og, oh, oi, oj;
    }

    /**
     * Ensures that 16 KB of stack are left. For an operation that has to be ended by another one,
     * which then finds room of its own even if the frames around it have become larger meanwhile.
     *
     * @throws StackOverflowError if they are not
     */
    public static void ensureRoomToSpare() {
        if (never) {
            throw new StackOverflowError();
        }
        long aa0, aa1, aa2, aa3, aa4, aa5, aa6, aa7, aa8, aa9, ab0, ab1, ab2, ab3, ab4, ab5;
        long ab6, ab7, ab8, ab9, ac0, ac1, ac2, ac3, ac4, ac5, ac6, ac7, ac8, ac9, ad0, ad1;
        long ad2, ad3, ad4, ad5, ad6, ad7, ad8, ad9, ae0, ae1, ae2, ae3, ae4, ae5, ae6, ae7;
        long ae8, ae9, af0, af1, af2, af3, af4, af5, af6, af7, af8, af9, ag0, ag1, ag2, ag3;
        long ag4, ag5, ag6, ag7, ag8, ag9, ah0, ah1, ah2, ah3, ah4, ah5, ah6, ah7, ah8, ah9;
        long ai0, ai1, ai2, ai3, ai4, ai5, ai6, ai7, ai8, ai9, aj0, aj1, aj2, aj3, aj4, aj5;
        long aj6, aj7, aj8, aj9, ak0, ak1, ak2, ak3, ak4, ak5, ak6, ak7, ak8, ak9, al0, al1;
        long al2, al3, al4, al5, al6, al7, al8, al9, am0, am1, am2, am3, am4, am5, am6, am7;
        long am8, am9, an0, an1, an2, an3, an4, an5, an6, an7, an8, an9, ao0, ao1, ao2, ao3;
        long ao4, ao5, ao6, ao7, ao8, ao9, ap0, ap1, ap2, ap3, ap4, ap5, ap6, ap7, ap8, ap9;
        long aq0, aq1, aq2, aq3, aq4, aq5, aq6, aq7, aq8, aq9, ar0, ar1, ar2, ar3, ar4, ar5;
        long ar6, ar7, ar8, ar9, as0, as1, as2, as3, as4, as5, as6, as7, as8, as9, at0, at1;
        long at2, at3, at4, at5, at6, at7, at8, at9, au0, au1, au2, au3, au4, au5, au6, au7;
        long au8, au9, av0, av1, av2, av3, av4, av5, av6, av7, av8, av9, aw0, aw1, aw2, aw3;
        long aw4, aw5, aw6, aw7, aw8, aw9, ax0, ax1, ax2, ax3, ax4, ax5, ax6, ax7, ax8, ax9;
        long ay0, ay1, ay2, ay3, ay4, ay5, ay6, ay7, ay8, ay9, az0, az1, az2, az3, az4, az5;
        long az6, az7, az8, az9, ba0, ba1, ba2, ba3, ba4, ba5, ba6, ba7, ba8, ba9, bb0, bb1;
        long bb2, bb3, bb4, bb5, bb6, bb7, bb8, bb9, bc0, bc1, bc2, bc3, bc4, bc5, bc6, bc7;
        long bc8, bc9, bd0, bd1, bd2, bd3, bd4, bd5, bd6, bd7, bd8, bd9, be0, be1, be2, be3;
        long be4, be5, be6, be7, be8, be9, bf0, bf1, bf2, bf3, bf4, bf5, bf6, bf7, bf8, bf9;
        long bg0, bg1, bg2, bg3, bg4, bg5, bg6, bg7, bg8, bg9, bh0, bh1, bh2, bh3, bh4, bh5;
        long bh6, bh7, bh8, bh9, bi0, bi1, bi2, bi3, bi4, bi5, bi6, bi7, bi8, bi9, bj0, bj1;
        long bj2, bj3, bj4, bj5, bj6, bj7, bj8, bj9, bk0, bk1, bk2, bk3, bk4, bk5, bk6, bk7;
        long bk8, bk9, bl0, bl1, bl2, bl3, bl4, bl5, bl6, bl7, bl8, bl9, bm0, bm1, bm2, bm3;
        long bm4, bm5, bm6, bm7, bm8, bm9, bn0, bn1, bn2, bn3, bn4, bn5, bn6, bn7, bn8, bn9;
        long bo0, bo1, bo2, bo3, bo4, bo5, bo6, bo7, bo8, bo9, bp0, bp1, bp2, bp3, bp4, bp5;
        long bp6, bp7, bp8, bp9, bq0, bq1, bq2, bq3, bq4, bq5, bq6, bq7, bq8, bq9, br0, br1;
        long br2, br3, br4, br5, br6, br7, br8, br9, bs0, bs1, bs2, bs3, bs4, bs5, bs6, bs7;
        long bs8, bs9, bt0, bt1, bt2, bt3, bt4, bt5, bt6, bt7, bt8, bt9, bu0, bu1, bu2, bu3;
        long bu4, bu5, bu6, bu7, bu8, bu9, bv0, bv1, bv2, bv3, bv4, bv5, bv6, bv7, bv8, bv9;
        long bw0, bw1, bw2, bw3, bw4, bw5, bw6, bw7, bw8, bw9, bx0, bx1, bx2, bx3, bx4, bx5;
        long bx6, bx7, bx8, bx9, by0, by1, by2, by3, by4, by5, by6, by7, by8, by9, bz0, bz1;
        long bz2, bz3, bz4, bz5, bz6, bz7, bz8, bz9, ca0, ca1, ca2, ca3, ca4, ca5, ca6, ca7;
        long ca8, ca9, cb0, cb1, cb2, cb3, cb4, cb5, cb6, cb7, cb8, cb9, cc0, cc1, cc2, cc3;
        long cc4, cc5, cc6, cc7, cc8, cc9, cd0, cd1, cd2, cd3, cd4, cd5, cd6, cd7, cd8, cd9;
        long ce0, ce1, ce2, ce3, ce4, ce5, ce6, ce7, ce8, ce9, cf0, cf1, cf2, cf3, cf4, cf5;
        long cf6, cf7, cf8, cf9, cg0, cg1, cg2, cg3, cg4, cg5, cg6, cg7, cg8, cg9, ch0, ch1;
        long ch2, ch3, ch4, ch5, ch6, ch7, ch8, ch9, ci0, ci1, ci2, ci3, ci4, ci5, ci6, ci7;
        long ci8, ci9, cj0, cj1, cj2, cj3, cj4, cj5, cj6, cj7, cj8, cj9, ck0, ck1, ck2, ck3;
        long ck4, ck5, ck6, ck7, ck8, ck9, cl0, cl1, cl2, cl3, cl4, cl5, cl6, cl7, cl8, cl9;
        long cm0, cm1, cm2, cm3, cm4, cm5, cm6, cm7, cm8, cm9, cn0, cn1, cn2, cn3, cn4, cn5;
        long cn6, cn7, cn8, cn9, co0, co1, co2, co3, co4, co5, co6, co7, co8, co9, cp0, cp1;
        long cp2, cp3, cp4, cp5, cp6, cp7, cp8, cp9, cq0, cq1, cq2, cq3, cq4, cq5, cq6, cq7;
        long cq8, cq9, cr0, cr1, cr2, cr3, cr4, cr5, cr6, cr7, cr8, cr9, cs0, cs1, cs2, cs3;
        long cs4, cs5, cs6, cs7, cs8, cs9, ct0, ct1, ct2, ct3, ct4, ct5, ct6, ct7, ct8, ct9;
        long cu0, cu1, cu2, cu3, cu4, cu5, cu6, cu7, cu8, cu9, cv0, cv1, cv2, cv3, cv4, cv5;
        long cv6, cv7, cv8, cv9, cw0, cw1, cw2, cw3, cw4, cw5, cw6, cw7, cw8, cw9, cx0, cx1;
        long cx2, cx3, cx4, cx5, cx6, cx7, cx8, cx9, cy0, cy1, cy2, cy3, cy4, cy5, cy6, cy7;
        long cy8, cy9, cz0, cz1, cz2, cz3, cz4, cz5, cz6, cz7, cz8, cz9, da0, da1, da2, da3;
        long da4, da5, da6, da7, da8, da9, db0, db1, db2, db3, db4, db5, db6, db7, db8, db9;
        long dc0, dc1, dc2, dc3, dc4, dc5, dc6, dc7, dc8, dc9, dd0, dd1, dd2, dd3, dd4, dd5;
        long dd6, dd7, dd8, dd9, de0, de1, de2, de3, de4, de5, de6, de7, de8, de9, df0, df1;
        long df2, df3, df4, df5, df6, df7, df8, df9, dg0, dg1, dg2, dg3, dg4, dg5, dg6, dg7;
        long dg8, dg9, dh0, dh1, dh2, dh3, dh4, dh5, dh6, dh7, dh8, dh9, di0, di1, di2, di3;
        long di4, di5, di6, di7, di8, di9, dj0, dj1, dj2, dj3, dj4, dj5, dj6, dj7, dj8, dj9;
        long dk0, dk1, dk2, dk3, dk4, dk5, dk6, dk7, dk8, dk9, dl0, dl1, dl2, dl3, dl4, dl5;
        long dl6, dl7, dl8, dl9, dm0, dm1, dm2, dm3, dm4, dm5, dm6, dm7, dm8, dm9, dn0, dn1;
        long dn2, dn3, dn4, dn5, dn6, dn7, dn8, dn9, do0, do1, do2, do3, do4, do5, do6, do7;
        long do8, do9, dp0, dp1, dp2, dp3, dp4, dp5, dp6, dp7, dp8, dp9, dq0, dq1, dq2, dq3;
        long dq4, dq5, dq6, dq7, dq8, dq9, dr0, dr1, dr2, dr3, dr4, dr5, dr6, dr7, dr8, dr9;
        long ds0, ds1, ds2, ds3, ds4, ds5, ds6, ds7, ds8, ds9, dt0, dt1, dt2, dt3, dt4, dt5;
        long dt6, dt7, dt8, dt9, du0, du1, du2, du3, du4, du5, du6, du7, du8, du9, dv0, dv1;
        long dv2, dv3, dv4, dv5, dv6, dv7, dv8, dv9, dw0, dw1, dw2, dw3, dw4, dw5, dw6, dw7;
        long dw8, dw9, dx0, dx1, dx2, dx3, dx4, dx5, dx6, dx7, dx8, dx9, dy0, dy1, dy2, dy3;
    }
}
