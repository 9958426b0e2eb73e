// Walks through a registry with Consul's official client and prints, as JSON, one line for each
// step: what the client made of the answer. The same steps run against every registry, and the
// test compares the lines. CONSUL_HTTP_ADDR says which registry it is. scripts/build-backends builds
// it, in a module of its own.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"
	"sort"
	"time"

	"github.com/hashicorp/consul/api"
)

type step struct {
	name string
	take func() (any, error)
}

type line struct {
	Step   string `json:"step"`
	Answer any    `json:"answer,omitempty"`
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	if err != nil {
		log.Fatal(err)
	}
	output := json.NewEncoder(os.Stdout)
	for _, area := range [][]step{
		agentSteps(client), checkSteps(client), catalogSteps(client), healthSteps(client),
		keySteps(client), leavingSteps(client),
	} {
		for _, step := range area {
			if err := output.Encode(taken(step)); err != nil {
				log.Fatal(err)
			}
		}
	}
}

func taken(step step) line {
	answer, err := step.take()
	var refused api.StatusError
	switch {
	case errors.As(err, &refused):
		return line{Step: step.name, Status: refused.Code, Error: refused.Body}
	case err != nil:
		return line{Step: step.name, Error: err.Error()}
	}
	return line{Step: step.name, Answer: answer}
}

// done is for calls that answer nothing but whether they went well.
func done(err error) (any, error) {
	return "done", err
}

func web(port int) *api.AgentServiceRegistration {
	return &api.AgentServiceRegistration{
		ID: "web-1", Name: "web", Address: "10.0.0.1", Port: port, Tags: []string{"a", "b"},
		Meta:    map[string]string{"version": "2"},
		Weights: &api.AgentWeights{Passing: 3, Warning: 1},
		Check: &api.AgentServiceCheck{
			CheckID: "web-alive", TTL: "1h", Status: api.HealthPassing, Notes: "says so itself",
			DeregisterCriticalServiceAfter: "90m",
		},
	}
}

func agentSteps(client *api.Client) []step {
	agent := client.Agent()
	probes := &api.AgentServiceRegistration{
		Name: "probed",
		Checks: api.AgentServiceChecks{
			{CheckID: "tcp", TCP: "127.0.0.1:1", Interval: "1h", Timeout: "1s"},
			{CheckID: "http", HTTP: "http://127.0.0.1:1/", Method: "PUT", Interval: "1h",
				Header: map[string][]string{"A": {"b"}}},
			{CheckID: "grpc", GRPC: "127.0.0.1:1/x", Interval: "1h", SuccessBeforePassing: 2},
		},
	}
	return []step{
		{"register", func() (any, error) { return done(agent.ServiceRegister(web(80))) }},
		{"register with checks", func() (any, error) { return done(agent.ServiceRegister(probes)) }},
		{"register nothing", func() (any, error) {
			return done(agent.ServiceRegister(&api.AgentServiceRegistration{}))
		}},
		{"register over it", func() (any, error) {
			options := api.ServiceRegisterOpts{ReplaceExistingChecks: true}
			return done(agent.ServiceRegisterOpts(web(81), options))
		}},
		{"services", func() (any, error) { return agent.Services() }},
		{"services by filter", func() (any, error) {
			return agent.ServicesWithFilter("Port == 81 and version in Meta")
		}},
		{"service", func() (any, error) {
			service, _, err := agent.Service("web-1", nil)
			return service, err
		}},
		{"no such service", func() (any, error) {
			service, _, err := agent.Service("nobody", nil)
			return service, err
		}},
		{"members", func() (any, error) {
			members, err := agent.Members(false)
			return len(members), err
		}},
		{"node name", func() (any, error) {
			name, err := agent.NodeName()
			return name != "", err
		}},
		{"version", func() (any, error) {
			self, err := agent.Self()
			return self["Config"]["Version"], err
		}},
		{"metrics", func() (any, error) {
			metrics, err := agent.Metrics()
			return metrics != nil && len(metrics.Gauges) > 0, err
		}},
		{"leader", func() (any, error) {
			leader, err := client.Status().Leader()
			return leader != "", err
		}},
		{"peers", func() (any, error) {
			peers, err := client.Status().Peers()
			return len(peers), err
		}},
	}
}

func checkSteps(client *api.Client) []step {
	agent := client.Agent()
	lone := &api.AgentCheckRegistration{
		ID: "disk", Name: "disk space", AgentServiceCheck: api.AgentServiceCheck{TTL: "1h"},
	}
	health := func(status string, info any, err error) (any, error) {
		return map[string]any{"status": status, "info": info}, err
	}
	return []step{
		{"register check", func() (any, error) { return done(agent.CheckRegister(lone)) }},
		{"warn", func() (any, error) { return done(agent.WarnTTL("web-alive", "tired")) }},
		{"update", func() (any, error) { return done(agent.UpdateTTL("disk", "full", "fail")) }},
		{"pass nobody", func() (any, error) { return done(agent.PassTTL("nobody", "")) }},
		{"checks", func() (any, error) { return agent.ChecksWithFilter(`Type == "ttl"`) }},
		{"health by id", func() (any, error) { return health(agent.AgentHealthServiceByID("web-1")) }},
		{"health by name", func() (any, error) { return health(agent.AgentHealthServiceByName("web")) }},
		{"health of nobody", func() (any, error) { return health(agent.AgentHealthServiceByID("nobody")) }},
		{"deregister check", func() (any, error) { return done(agent.CheckDeregister("disk")) }},
		{"pass", func() (any, error) { return done(agent.PassTTL("web-alive", "fine")) }},
		{"maintain", func() (any, error) {
			return done(agent.EnableServiceMaintenance("web-1", "why"))
		}},
		{"maintained", func() (any, error) { return health(agent.AgentHealthServiceByID("web-1")) }},
		{"maintained no more", func() (any, error) {
			return done(agent.DisableServiceMaintenance("web-1"))
		}},
	}
}

func catalogSteps(client *api.Client) []step {
	catalog := client.Catalog()
	other := &api.CatalogRegistration{
		Node: "other", Address: "1.2.3.4", NodeMeta: map[string]string{"rack": "7"},
		Service: &api.AgentService{ID: "db-1", Service: "db", Port: 5432, Tags: []string{"sql"}},
		Checks: api.HealthChecks{{
			Node: "other", CheckID: "db-alive", Name: "alive", Status: api.HealthPassing,
			ServiceID:  "db-1",
			Definition: api.HealthCheckDefinition{TCP: "1.2.3.4:5432", IntervalDuration: time.Second},
		}},
	}
	return []step{
		{"catalog register", func() (any, error) {
			_, err := catalog.Register(other, nil)
			return done(err)
		}},
		{"datacenters", func() (any, error) { return catalog.Datacenters() }},
		{"catalog services", func() (any, error) {
			services, _, err := catalog.Services(nil)
			for _, tags := range services {
				sort.Strings(tags)
			}
			return services, err
		}},
		{"catalog service", func() (any, error) {
			found, _, err := catalog.ServiceMultipleTags("db", []string{"sql"}, nil)
			return found, err
		}},
		{"catalog nodes", func() (any, error) {
			nodes, _, err := catalog.Nodes(&api.QueryOptions{NodeMeta: map[string]string{"rack": "7"}})
			return nodes, err
		}},
		{"catalog node", func() (any, error) {
			node, _, err := catalog.Node("other", nil)
			return node, err
		}},
		{"no such node", func() (any, error) {
			node, _, err := catalog.Node("nobody", nil)
			return node, err
		}},
		{"node services", func() (any, error) {
			services, _, err := catalog.NodeServiceList("other", nil)
			return services, err
		}},
	}
}

func healthSteps(client *api.Client) []step {
	health := client.Health()
	return []step{
		{"health service", func() (any, error) {
			found, _, err := health.Service("web", "a", true, nil)
			return entriesOf(found), err
		}},
		{"health by filter", func() (any, error) {
			options := &api.QueryOptions{Filter: `Service.Meta.version == "2"`, Near: "_agent"}
			found, _, err := health.ServiceMultipleTags("web", []string{"a", "b"}, false, options)
			return entriesOf(found), err
		}},
		{"health of the other node", func() (any, error) {
			found, _, err := health.Node("other", nil)
			return found, err
		}},
		{"health checks", func() (any, error) {
			found, _, err := health.Checks("db", nil)
			return found, err
		}},
		{"health state", func() (any, error) {
			found, _, err := health.State(api.HealthPassing, &api.QueryOptions{Filter: "ServiceName == db"})
			return found, err
		}},
		{"bad filter", func() (any, error) {
			found, _, err := health.Service("web", "", false, &api.QueryOptions{Filter: "Nope == 1"})
			return len(found), err
		}},
		{"blocking query", func() (any, error) { return wakes(client) }},
		{"blocking query that ends", func() (any, error) {
			_, before, err := health.Service("web", "", false, nil)
			if err != nil {
				return nil, err
			}
			options := &api.QueryOptions{WaitIndex: before.LastIndex, WaitTime: 100 * time.Millisecond}
			_, after, err := health.Service("web", "", false, options)
			return err == nil && after.LastIndex == before.LastIndex, err
		}},
	}
}

// wakes says whether a change ends a query that waits for it, with a higher index.
func wakes(client *api.Client) (any, error) {
	_, before, err := client.Health().Service("web", "", false, nil)
	if err != nil {
		return nil, err
	}
	warned := make(chan error, 1)
	go func() {
		time.Sleep(100 * time.Millisecond)
		warned <- client.Agent().WarnTTL("web-alive", "while somebody waits")
	}()
	options := &api.QueryOptions{WaitIndex: before.LastIndex, WaitTime: 20 * time.Second}
	found, after, err := client.Health().Service("web", "", false, options)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"later": after.LastIndex > before.LastIndex, "status": found[0].Checks.AggregatedStatus(),
	}, <-warned
}

// entriesOf leaves out the node, which is this machine's.
func entriesOf(entries []*api.ServiceEntry) any {
	found := []any{}
	for _, entry := range entries {
		found = append(found, map[string]any{
			"service": entry.Service, "status": entry.Checks.AggregatedStatus(),
			"checks": len(entry.Checks),
		})
	}
	return found
}

func keySteps(client *api.Client) []step {
	keys := client.KV()
	put := func(pair api.KVPair) (any, error) {
		_, err := keys.Put(&pair, nil)
		return done(err)
	}
	var index uint64
	return []step{
		{"put", func() (any, error) {
			return put(api.KVPair{Key: "app/ünï code", Value: []byte("one"), Flags: 7})
		}},
		{"put below", func() (any, error) { return put(api.KVPair{Key: "app/deep/key", Value: []byte{0, 255}}) }},
		{"put a slash first", func() (any, error) { return put(api.KVPair{Key: "/app"}) }},
		{"get", func() (any, error) {
			pair, _, err := keys.Get("app/ünï code", nil)
			if pair != nil {
				index = pair.ModifyIndex
			}
			return pair, err
		}},
		{"get nothing", func() (any, error) {
			pair, _, err := keys.Get("nothing", nil)
			return pair, err
		}},
		{"list", func() (any, error) {
			pairs, _, err := keys.List("app/", nil)
			return pairs, err
		}},
		{"keys", func() (any, error) {
			names, _, err := keys.Keys("app/", "/", nil)
			return names, err
		}},
		{"cas too old", func() (any, error) {
			set, _, err := keys.CAS(&api.KVPair{Key: "app/ünï code", ModifyIndex: 1}, nil)
			return set, err
		}},
		{"cas", func() (any, error) {
			set, _, err := keys.CAS(&api.KVPair{Key: "app/ünï code", ModifyIndex: index}, nil)
			return set, err
		}},
		{"delete cas", func() (any, error) {
			gone, _, err := keys.DeleteCAS(&api.KVPair{Key: "app/deep/key", ModifyIndex: 1}, nil)
			return gone, err
		}},
		{"delete tree", func() (any, error) {
			_, err := keys.DeleteTree("app/", nil)
			return done(err)
		}},
		{"nothing left", func() (any, error) {
			pairs, _, err := keys.List("app/", nil)
			return len(pairs), err
		}},
	}
}

func leavingSteps(client *api.Client) []step {
	return []step{
		{"catalog deregister", func() (any, error) {
			_, err := client.Catalog().Deregister(&api.CatalogDeregistration{Node: "other"}, nil)
			return done(err)
		}},
		{"deregister", func() (any, error) { return done(client.Agent().ServiceDeregister("web-1")) }},
		{"deregister again", func() (any, error) { return done(client.Agent().ServiceDeregister("web-1")) }},
		{"deregister probed", func() (any, error) { return done(client.Agent().ServiceDeregister("probed")) }},
		{"services left", func() (any, error) { return client.Agent().Services() }},
		{"checks left", func() (any, error) { return client.Agent().Checks() }},
	}
}
