package integration

import (
	"strings"
	"testing"
)

func TestARequestIsChargedOnceHoweverManyGatesItPasses(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"two gates in a row":           "route {\nlinkgate\nlinkgate\nreverse_proxy UPSTREAM\n}",
		"nested routes":                "linkgate\nhandle {\nlinkgate\nhandle /a/* {\nlinkgate\nreverse_proxy UPSTREAM\n}\n}",
		"different sources":            "route {\nlinkgate {\nfrom path\n}\nlinkgate {\nfrom header X-Other\n}\nreverse_proxy UPSTREAM\n}",
		"a gate in the error route":    "linkgate\nerror 418\nhandle_errors {\nlinkgate\nreverse_proxy UPSTREAM\n}",
		"a rewrite between the gates":  "route {\nlinkgate\nrewrite * /a/rewritten\nlinkgate\nreverse_proxy UPSTREAM\n}",
		"a gate in a handled response": "linkgate\nreverse_proxy UPSTREAM {\n@x status 200\nhandle_response @x {\nlinkgate\nrespond again\n}\n}",
		"an issuer that both accept":   "route {\nlinkgate {\nissuers cpg x\n}\nlinkgate {\nissuers y cpg\n}\nreverse_proxy UPSTREAM\n}",
	}
	for name, site := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			g := startGateway(t, setup{upstream: up.addr, site: site})
			tok := g.limited(t, 2)
			for range 2 {
				// the second time it is the last use, which no later gate may refuse
				if a := g.get(t, "/a/"+tok.Link+"/x"); a.Status != 200 && a.Status != 418 {
					t.Errorf("the status is %d: %s", a.Status, a.Body)
				}
			}
			up.wantCount(t, 2)
			up.wantNowhere(t, tok.Link)
			g.wantCounter(t, tok.Link, 2)
			a := g.get(t, "/a/"+tok.Link+"/x")
			if strings.Contains(site, "handle_errors") {
				up.wantCount(t, 2)
				return
			}
			a.wantStatus(t, 410)
			g.wantCounter(t, tok.Link, 2)
		})
	}
}

func TestASecondGateHasItsOwnDemands(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: `
		route {
			linkgate {
				guess_limit off
			}
			handle /vip/* {
				linkgate {
					issuers vip
					guess_limit off
				}
				reverse_proxy UPSTREAM
			}
			reverse_proxy UPSTREAM
		}`})
	plain, vip := g.limited(t, 10), g.mint(t, mint{Issuer: "vip", Limit: new(int64(10))})
	g.get(t, "/x/"+plain.Link).wantStatus(t, 200)
	g.get(t, "/vip/"+vip.Link).wantStatus(t, 200)
	up.wantCount(t, 2)

	a := g.get(t, "/vip/"+plain.Link)
	a.wantStatus(t, 404)
	wantProblem(t, a, "unknown")
	up.wantCount(t, 2)
	g.wantCounter(t, vip.Link, 1)

	// the ride that the first gate gives ends at the second one
	jar := newBrowser(t, g)
	jar.navigate(t, "/x/"+plain.Link).wantStatus(t, 200)
	jar.fetch(t, "/x/style.css").wantStatus(t, 200)
	jar.fetch(t, "/vip/style.css").wantStatus(t, 404)
	up.wantCount(t, 4)
}
